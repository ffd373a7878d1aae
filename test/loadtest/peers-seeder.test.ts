import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startStack } from "../../demo/stack.js";
import { builtFolder } from "../../pages/built-folder.js";
import { runCommand } from "../support/command.js";

const PROGRAM = "loadtest/peers/seeder-cli.js";

test("a seeder plays the channel, joins its swarm, and leaves when it is told to", async () => {
  let segments = 0;
  await using stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    onServed: ({ kind }) => {
      if (kind === "segment") segments++;
    },
  });
  const args = [
    "--src",
    `${stack.url}/hls/live/master.m3u8`,
    "--tracker",
    stack.trackerUrl,
    "--stream",
    "live",
  ];
  const seeder = spawn(process.execPath, [resolve(builtFolder(), PROGRAM), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const metrics = new URL("/metrics", stack.trackerUrl.replace("ws:", "http:"));
  await expect
    .poll(async () => (await (await fetch(metrics)).text()).match(/^nearcast_tracker_peers\S* (\d+)/m)?.[1], {
      timeout: 40_000,
      interval: 300,
    })
    .toBe("1");
  expect(segments).toBeGreaterThan(0);
  const [line] = await once(createInterface(seeder.stdout), "line");
  expect(JSON.parse(line)).toMatchObject({ msg: "seeding", swarmId: "nearcast:live" });
  seeder.kill("SIGTERM");
  const [code] = await once(seeder, "exit");
  expect(code).toBe(0);
}, 60_000);

test.each([
  [[], "--src"],
  [["--src", "ftp://a/", "--tracker", "ws://b/", "--stream", "c"], "--src"],
  [["--src", "http://a/", "--tracker", "http://b/", "--stream", "c"], "--tracker"],
  [["--src", "http://a/", "--tracker", "ws://b/", "--stream", "c d"], "--stream"],
])(
  "%j is refused in one sentence",
  async (args, message) => {
    const { code, stderr } = await runCommand(PROGRAM, args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nearcast-seeder: [^\n]+\n$/);
    expect(stderr).toContain(message);
  },
  30_000,
);
