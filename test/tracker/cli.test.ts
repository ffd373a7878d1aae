import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { runCheckConfigCommand } from "../../tracker/commands/check-config.js";
import { runExplainCommand } from "../../tracker/commands/explain.js";
import { createTracker } from "../../tracker/index.js";
import { announce, id } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

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

test("a command that there is not: one sentence and exit code 1", async () => {
  const { code, stderr } = await run("sreve");
  expect(stderr).toBe('nearcast-tracker: command: expected serve, explain or check-config, got "sreve"\n');
  expect(code).toBe(1);
});

test("explain: where addresses are and why, for people and for programs", async () => {
  const networks = join(tmpdir(), `nearcast-networks-${crypto.randomUUID()}.csv`);
  await writeFile(networks, "81.2.69.0/24,campus,leech\n");
  const { code, stdout } = await run("explain", "81.2.69.142", "192.168.1.4", "--networks", networks);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^81\.2\.69\.142 \(unicast\) may do: leech\./);
  expect(stdout).toMatch(/^ {2}network +campus +81\.2\.69\.0\/24 in the networks file$/m);
  expect(stdout).toMatch(/^ {2}country +GB +the data that is built in$/m);
  expect(stdout).toMatch(/^ {2}asn +- +private addresses are in none$/m);
  const printed: string[] = [];
  await runExplainCommand(["--json", "2001:67c:2e8:22::c100:68b"], {}, (line) => printed.push(line));
  expect(JSON.parse(printed.join(""))).toMatchObject({
    asn: 3333,
    country: "NL",
    prefix: "2001:67c:2e8::/48",
  });
  await expect(runExplainCommand(["nowhere"], {}, () => {})).rejects.toThrow(
    'address: expected an IP address, got "nowhere"',
  );
});

test("check-config: what the tracker would do, or what it would refuse, without doing it", async () => {
  await using tracker = createTracker({ port: 0 });
  const { port } = await tracker.listen();
  // The port is in use: nothing listens.
  const good = await run("check-config", "--port", String(port), "--streams", "news,sport");
  expect(good).toMatchObject({ code: 0, stderr: "" });
  expect(good.stdout).toMatch(/^streams +news, sport$/m);
  expect(good.stdout).toMatch(/^The configuration is good\.$/m);
  for (const [args, sentence] of [
    [["--host", "0.0.0.0"], /^open: /],
    [["--networks", "/nowhere.csv"], /^networks: cannot read \/nowhere\.csv/],
    [["--tls-cert", "package.json", "--tls-key", "package.json"], /^tlsCert: expected a certificate/],
    [["--redis", "http://redis"], /^redis: expected redis:/],
  ] as const)
    await expect(runCheckConfigCommand(args, {}, () => {})).rejects.toThrow(sentence);
});

test("SIGHUP: it reads its keys anew, goes on with the old ones where the new are none, and serves on", async () => {
  const keys = join(tmpdir(), `nearcast-keys-${crypto.randomUUID()}.json`);
  const key = {
    kty: "oct",
    k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
  };
  await writeFile(keys, JSON.stringify({ ...key, kid: "k1", alg: "HS256" }));
  const program = start("serve", "--port", "0", "--access-keys", keys);
  const [line] = await once(program.stdout, "data");
  const http = String(line).trim().replace("Tracker: ws", "http").replace("announce", "healthz");
  const lines = createInterface(program.stderr);
  const next = async () => String((await once(lines, "line"))[0]);
  program.kill("SIGHUP");
  while (!(await next()).includes("anew"));
  await writeFile(keys, "{}");
  program.kill("SIGHUP");
  expect(JSON.parse(await next())).toMatchObject({ level: 50, msg: "goes on with what it had read before" });
  expect((await fetch(http)).status).toBe(200);
  program.kill("SIGTERM");
  expect(await once(program, "exit")).toEqual([0, null]);
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
