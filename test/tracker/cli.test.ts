import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { announce, id } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";

/** What `npm run build` made of tracker/cli.ts. */
const CLI = fileURLToPath(new URL("../../dist/tracker/cli.js", import.meta.url));

type Program = ChildProcessByStdio<null, Readable, Readable>;

function start(...args: string[]): Program {
  return spawn(process.execPath, [CLI, ...args], { stdio: ["ignore", "pipe", "pipe"], env: {} });
}

async function run(...args: string[]) {
  const program = start(...args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, "exit"),
  ]);
  return { code, stdout, stderr };
}

test.each([
  ["an unknown flag", ["--prot", "1"], /^nearcast-tracker: unknown option '--prot'.*\n$/],
  ["a bad port", ["--port", "99999"], /^nearcast-tracker: port: expected 0-65535, got 99999\n$/],
  ["a missing file", ["--config", "/nowhere.json"], /^nearcast-tracker: config: cannot read .*\n$/],
  [
    "a host of somewhere else",
    ["--host", "192.0.2.1", "--open"],
    /^nearcast-tracker: host: 192\.0\.2\.1 is not .*\n$/,
  ],
])("%s: one sentence and exit code 1", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toMatch(sentence);
  expect(stdout).toBe("");
  expect(code).toBe(1);
});

test("a file that is not JSON: one sentence and exit code 1", async () => {
  const path = join(tmpdir(), `nearcast-tracker-${crypto.randomUUID()}.json`);
  await writeFile(path, "{ port: 1 }");
  const { code, stderr } = await run("--config", path);
  expect(stderr).toMatch(/^nearcast-tracker: config: expected JSON in .*\n$/);
  expect(code).toBe(1);
});

test("a port that is in use: one sentence and exit code 1", async () => {
  await using tracker = createTracker({ port: 0 });
  const { port } = await tracker.listen();
  const { code, stderr } = await run("--port", String(port));
  expect(stderr).toBe(`nearcast-tracker: port: ${port} is already in use on 127.0.0.1\n`);
  expect(code).toBe(1);
});

test("--help: the options and exit code 0", async () => {
  const { code, stdout, stderr } = await run("--help");
  expect(stdout).toContain("--announce-interval-ms");
  expect(stderr).toBe("");
  expect(code).toBe(0);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "serves until %s, then says goodbye and exits with 0",
  async (signal) => {
    const program = start("--port", "0");
    const logged = text(program.stderr);
    const exited = once(program, "exit");
    const [line] = await once(program.stdout, "data");
    const url = /ws:\/\/\S+\/announce/.exec(String(line))?.[0] ?? "";
    await using client = await RawClient.connect(url);
    expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });

    program.kill(signal);
    expect(await client.closed).toBe(1001);
    expect(await exited).toEqual([0, null]);
    // Not a terminal: one JSON object on each line.
    const levels = (await logged)
      .trim()
      .split("\n")
      .map((entry) => JSON.parse(entry).level);
    expect(levels).toEqual([30, 30]);
  },
);
