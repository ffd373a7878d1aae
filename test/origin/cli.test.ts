import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readCommand } from "../../origin/config.js";
import { ConfigError, createOrigin } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

const CLI = fileURLToPath(new URL("../../dist/origin/cli.js", import.meta.url));

function cli(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run npx tsc -b origin`);
  return spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: "pipe" });
}

async function run(args: readonly string[], env?: Record<string, string>) {
  const child = cli(args, env);
  const output = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ""));
  const [code] = await once(child, "close");
  const [stdout, stderr] = await Promise.all(output);
  return { code, stdout, stderr };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no stdout");
  const [line] = await once(createInterface(child.stdout), "line");
  return line;
}

/** What the program would say before it ends: starting one for each mistake would take half a minute. */
function complaintAbout(args: readonly string[]): string {
  try {
    const command = readCommand(args, {});
    if (command.do === "serve") createOrigin(command.options);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("nothing is wrong");
}

test("a mistake ends the program with one sentence and exit code 1", async () => {
  const stderr = "nearcast-origin: port: expected 0-65535, got 99999\n";
  expect(await run(["--port", "99999"])).toEqual({ code: 1, stdout: "", stderr });
});

test.each([
  [["--port", "99999"], "port: expected 0-65535, got 99999"],
  [["--port", "http"], 'port: expected 0-65535, got "http"'],
  [["--prot", "1"], "unknown option '--prot' (Did you mean --port?)"],
  [["--port"], "option '--port <number>' argument missing"],
  [["surplus"], "too many arguments. Expected 0 arguments but got 1."],
  [["--stream", "folder"], 'stream: expected NAME=FOLDER, got "folder"'],
  [["--stream", "a=/nowhere"], "streams.a.folder: there is no folder /nowhere"],
  [["--loop", "a=/nowhere"], "streams.a.folder: there is no folder /nowhere"],
  [["--stream", "a=/x", "--loop", "a=/y"], 'stream: the name "a" is given twice'],
  [
    ["--log-level", "loud"],
    'logLevel: expected one of fatal, error, warn, info, debug, trace, silent, got "loud"',
  ],
  [["--config", "/nowhere.json"], "config: cannot read /nowhere.json"],
  [["--ingest", "a"], 'ingest: expected NAME=FOLDER, got "a"'],
  [["--upstream", "a"], 'upstream: expected NAME=URL, got "a"'],
])("%j is refused in one sentence", (args, sentence) => {
  expect(complaintAbout(args)).toBe(sentence);
});

test.each([
  ["{ nonsense", /^config: \S+ is not valid JSON: [^\n]+$/],
  ["[]", /^config: expected a JSON object$/],
  ['{"prot": 1}', /^prot: there is no such option$/],
  ['{"port": "80"}', /^port: expected 0-65535, got "80"$/],
  ['{"streams": {"a": {"kind": "disc"}}}', /^streams\.a\.kind: expected .* got "disc"$/],
  ['{"streams": {"a": {"kind": "loop"}}}', /^streams\.a\.folder: is missing$/],
  ['{"corsOrigins": ["https://a.example/"]}', /^corsOrigins\.0: expected a web origin [^\n]+$/],
  [
    '{"steering": {"pathways": [{"id": "a", "host": "a.example:80"}]}}',
    /^steering\.pathways\.0\.host: expected a host name/,
  ],
  ['{"trustedProxies": ["everybody"]}', /^trustedProxies\.0: expected an address or subnet/],
  ['{"access": {"keyFile": ""}}', /^access\.keyFile: expected a file, got ""$/],
])("the configuration file %s is refused in one sentence", async (json, sentence) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "origin.json": json });
  expect(complaintAbout(["--config", join(folder.path, "origin.json")])).toMatch(sentence);
});

test("a wrong environment variable is named by its option", async () => {
  expect(await run([], { NEARCAST_ORIGIN_PORT: "-1" })).toMatchObject({
    code: 1,
    stderr: "nearcast-origin: port: expected 0-65535, got -1\n",
  });
});

test("--help explains the flags and ends with 0", async () => {
  const { code, stdout, stderr } = await run(["--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  for (const flag of ["--host", "--port", "--config", "--stream", "--loop", "--log-level"])
    expect(stdout).toContain(flag);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "it prints where the streams are, serves them, and ends on %s",
  async (signal) => {
    const child = cli(["--port", "0", "--log-level", "silent"]);
    const url = await firstLine(child);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hls\/sample\/master\.m3u8$/);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await response.text();
    // A second origin on the same port says so.
    const { port } = new URL(url);
    expect(await run(["--port", port])).toEqual({
      code: 1,
      stdout: "",
      stderr: `nearcast-origin: port: ${port} on 127.0.0.1 is already in use\n`,
    });
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

test("flags win over the environment, that over the file, that over the defaults", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "origin.json": JSON.stringify({
      port: 1001,
      host: "::1",
      logLevel: "warn",
      streams: { filed: { kind: "loop", folder: "media", windowSegments: 5 } },
    }),
    ...programmeFiles({ low: [2] }),
  });
  const config = join(folder.path, "origin.json");
  const filed = { filed: { kind: "loop", folder: join(folder.path, "media"), windowSegments: 5 } };
  expect(readCommand([], {})).toMatchObject({
    logLevel: "info",
    options: {
      host: "127.0.0.1",
      port: 8080,
      streams: { sample: { kind: "folder" }, live: { kind: "loop" } },
    },
  });
  expect(readCommand(["--config", config], {})).toEqual({
    do: "serve",
    logLevel: "warn",
    options: { host: "::1", port: 1001, corsOrigins: "*", drainSeconds: 10, streams: filed },
  });
  const env = { NEARCAST_ORIGIN_CONFIG: config, NEARCAST_ORIGIN_PORT: "1002", NEARCAST_ORIGIN_HOST: "" };
  expect(readCommand([], env)).toMatchObject({ options: { host: "::1", port: 1002, streams: filed } });
  expect(readCommand(["--port", "1003", "--stream", "a=x", "--loop", "b=y"], env)).toMatchObject({
    options: {
      port: 1003,
      streams: { a: { kind: "folder", folder: "x" }, b: { kind: "loop", folder: "y" } },
    },
  });
});
