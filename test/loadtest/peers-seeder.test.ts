import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startStack } from "../../demo/stack.js";
import { builtFolder } from "../../pages/built-folder.js";
import { runCommand } from "../support/command.js";

const PROGRAM = "loadtest/peers/seeder-cli.js";

/** Of every STUN message (RFC 8489, section 5), from its fifth byte on. */
const MAGIC_COOKIE = 0x2112a442;

test("a seeder plays the channel, joins its swarm, asks for its address, and leaves when it is told to", async () => {
  const stun = createSocket("udp4").bind(0, "127.0.0.1");
  await once(stun, "listening");
  const question = once(stun, "message") as Promise<[Buffer]>;
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
    "--stun",
    `stun:127.0.0.1:${stun.address().port}`,
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
  expect((await question)[0].readUInt32BE(4)).toBe(MAGIC_COOKIE);
  const [line] = await once(createInterface(seeder.stdout), "line");
  expect(JSON.parse(line)).toMatchObject({ msg: "seeding", swarmId: "nearcast:live" });
  seeder.kill("SIGTERM");
  const [code] = await once(seeder, "exit");
  expect(code).toBe(0);
  stun.close();
}, 60_000);

test.each([
  [[], "--src"],
  [["--src", "ftp://a/", "--tracker", "ws://b/", "--stream", "c"], "--src"],
  [["--src", "http://a/", "--tracker", "http://b/", "--stream", "c"], "--tracker"],
  [["--src", "http://a/", "--tracker", "ws://b/", "--stream", "c d"], "--stream"],
  [["--src", "http://a/", "--tracker", "ws://b/", "--stream", "c", "--stun", "turn:d"], "--stun"],
  [["--src", "http://a/", "--tracker", "ws://b/", "--stream", "c", "--stun", "stun:d:70000"], "--stun"],
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
