import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../loadtest/bench/free-port.js";
import type { LoadResult } from "../../../loadtest/result/result.js";
import { runCommand } from "../../support/command.js";
import { type OriginProcess, spawnOrigin } from "../../support/origin-process.js";
import { TrackerProcess } from "../../support/tracker-process.js";

const PROGRAM = "loadtest/cli.js";
const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
const scenario = join(folder, "scenario.json");

let origin: OriginProcess;
let tracker: TrackerProcess;
let src: string;
let closed: number;
/** Answers with what the path says, without leave for pages of other origins. */
const others = createServer((request, response) => {
  if (request.url === "/text") response.end("hello");
  else if (request.url === "/closed.m3u8") {
    response.end("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n");
  } else response.writeHead(404).end();
});
const other = (path: string) => `http://127.0.0.1:${(others.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  origin = await spawnOrigin(["--port", "0", "--log-level", "warn"]);
  tracker = await TrackerProcess.start();
  closed = await freePort();
  src = origin.said.replace("/sample/", "/live/");
  others.listen(0, "127.0.0.1");
  await once(others, "listening");
  writeFileSync(
    scenario,
    JSON.stringify({
      durationS: 14,
      stream: { kind: "vod", renditions: [{ kbps: 5_000 }], latencySegments: 4 },
      audience: { viewers: 2, arrivals: "interval", overS: 1 },
      networks: [
        {
          name: "lab",
          upMbps: [1000, 1000],
          downMbps: [1000, 1000],
          nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 },
        },
      ],
    }),
  );
}, 60_000);
afterAll(async () => {
  others.close();
  await origin?.[Symbol.asyncDispose]();
  await tracker?.[Symbol.asyncDispose]();
});

test("viewers play a stream of servers that run already, and meet at their tracker", async () => {
  const json = join(folder, "result.json");
  const args = ["peers", scenario, "--url", src, "--tracker", tracker.base, "--stream", "live"];
  const { code, stderr } = await runCommand(PROGRAM, [...args, "--json", json]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const result = JSON.parse(readFileSync(json, "utf8")) as LoadResult;
  // What is played, not what the scenario had thought.
  expect(result.scenario.stream).toMatchObject({ kind: "live" });
  expect(result.figures).toMatchObject({
    sessions: 2,
    failedSessions: 0,
    offloadLimit: null,
    copiesMean: null,
  });
  expect(result.figures.originBytes).toBeGreaterThan(0);
  expect(result.figures.peerBytes).toBeGreaterThan(0);
}, 90_000);

test.each([
  ["a URL without a tracker", () => ["--url", src], "--tracker: goes with --url"],
  ["a tracker without a URL", () => ["--tracker", tracker.base], "--tracker: goes with --url only"],
  ["something that is no URL", () => ["--url", "stream.m3u8", "--tracker", tracker.base], "--url"],
  ["a host that does not answer", () => at(`http://127.0.0.1:${closed}/a.m3u8`), "does not answer: "],
  ["a stream that is not there", () => at(other("/nothing")), "answers 404"],
  ["a page that is no playlist", () => at(other("/text")), "is no HLS playlist"],
  [
    "a tracker that does not answer",
    () => ["--url", src, "--tracker", `http://127.0.0.1:${closed}/`],
    "--tracker: ",
  ],
  [
    "a tracker that is none",
    () => ["--url", src, "--tracker", other("/").replace("http", "ws")],
    "--tracker: ",
  ],
])(
  "%s is refused in one sentence",
  async (_what, args, sentence) => {
    const { code, stdout, stderr } = await runCommand(PROGRAM, ["peers", scenario, ...args()]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^nearcast-loadtest: [^\n]+\n$/);
    expect(stderr).toContain(sentence);
  },
  30_000,
);

test("a stream that pages of other origins may not read is refused to browsers", async () => {
  const { code, stderr } = await runCommand(PROGRAM, ["browsers", scenario, ...at(other("/closed.m3u8"))]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^nearcast-loadtest: --url: .*Access-Control-Allow-Origin[^\n]*\n$/),
  });
}, 30_000);

function at(url: string): string[] {
  return ["--url", url, "--tracker", tracker.base];
}
