import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseConfig } from "../../tracker/config.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearcast-tracker-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: string): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(path, content);
  return path;
}

test("without anything the defaults hold", () => {
  expect(parseConfig([], {})).toMatchObject({
    run: "tracker",
    logLevel: "info",
    settings: { host: "127.0.0.1", port: 8000, announceIntervalMs: 20_000, maxMessageBytes: 131_072 },
  });
});

test("flags come before environment, environment before file, file before defaults", async () => {
  const config = await file(
    JSON.stringify({ host: "::1", port: 1, announceIntervalMs: 5000, logLevel: "warn" }),
  );
  const environment = { NEARCAST_TRACKER_PORT: "2", NEARCAST_TRACKER_ANNOUNCE_INTERVAL_MS: "6000" };
  expect(parseConfig(["--port", "3", "--config", config], environment)).toMatchObject({
    logLevel: "warn",
    settings: { host: "::1", port: 3, announceIntervalMs: 6000, maxSockets: 20_000 },
  });
});

test("the file can be named in the environment; an empty variable is not set", async () => {
  const config = await file(JSON.stringify({ port: 1 }));
  const environment = { NEARCAST_TRACKER_CONFIG: config, NEARCAST_TRACKER_PORT: "" };
  expect(parseConfig([], environment)).toMatchObject({ settings: { port: 1 } });
});

test("--help is the help, with every option", () => {
  const config = parseConfig(["--help"], {});
  expect(config.run === "help" && config.text).toMatch(
    /--host[\s\S]*--announce-interval-ms[\s\S]*NEARCAST_TRACKER_PORT/,
  );
});

test.each([
  [["--port", "99999"], {}, "port: expected 0-65535, got 99999"],
  [["--port", "-1"], {}, "port: expected 0-65535, got -1"],
  [["--port", "8o"], {}, 'port: expected 0-65535, got "8o"'],
  [["--port", "8.5"], {}, 'port: expected 0-65535, got "8.5"'],
  [[], { NEARCAST_TRACKER_PORT: "http" }, 'port: expected 0-65535, got "http"'],
  [["--announce-interval-ms", "1"], {}, "announceIntervalMs: expected 1000-86400000, got 1"],
  [["--log-level", "loud"], {}, /^logLevel: expected one of fatal, .*, got "loud"$/],
  [["--prot", "1"], {}, "unknown option '--prot' (Did you mean --port?)"],
  [["--port"], {}, /^option '--port <value>' argument missing$/],
  [["extra"], {}, /^too many arguments/],
  [["--config", "/nowhere.json"], {}, /^config: cannot read \/nowhere\.json/],
])("%j %j: %s", (args, environment, message) => {
  expect(() => parseConfig(args, environment)).toThrow(message);
});

test.each([
  ["{", /^config: expected JSON in /],
  ["[]", /^config: expected a JSON object in /],
  ['{"prot":1}', /^prot: not an option of the tracker; known are host, port, /],
  ['{"port":"8000"}', /^port: expected 0-65535, got "8000"$/],
  ['{"config":"x"}', /^config: .* may not name another file$/],
])("file %s", async (content, message) => {
  const config = await file(content);
  expect(() => parseConfig(["--config", config], {})).toThrow(message);
});
