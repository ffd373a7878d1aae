import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FlagError } from "../../../command-line/flags.js";
import { curveOfAccessLog } from "../../../loadtest/plan/access-log-curve.js";
import { parseCurve, readPlanFlags } from "../../../loadtest/plan/flags.js";
import { planFor } from "../../../loadtest/plan/provider.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { runCommand } from "../../support/command.js";

function line(address: string, time: string, path = "/live/1.m4s", agent = "A"): string {
  return `${address} - - [24/Nov/2026:${time} +0100] "GET ${path} HTTP/1.1" 200 1234 "-" "${agent}"`;
}

test("an access log tells viewers by minute: distinct clients that asked for media", () => {
  const lines = [
    line("192.0.2.1", "20:00:01"),
    line("192.0.2.1", "20:00:31", "/live/playlist.m3u8?x=1"),
    line("192.0.2.1", "20:00:32", "/live/2.m4s", "B"),
    line("192.0.2.2", "20:00:40", "/favicon.ico"),
    line("192.0.2.2", "20:02:00"),
    '192.0.2.3 - - [24/Nov/2026:19:02:30 +0000] "GET /live/3.ts HTTP/1.1" 200 12',
    "",
  ];
  expect(curveOfAccessLog(lines)).toEqual([
    [60, 2],
    [120, 0],
    [180, 2],
  ]);
});

test.each([["nothing at all"], [""], ['{"json": "lines"}']])("%j is no access log", (text) => {
  expect(() => curveOfAccessLog([text, text])).toThrow(FlagError);
});

test("a curve is seconds and viewers, ascending", () => {
  expect(parseCurve("seconds,viewers\n0,10\n60.5, 200\n\n")).toEqual([
    [0, 10],
    [60.5, 200],
  ]);
  expect(() => parseCurve("0,1\n0,2")).toThrow("line 2");
  expect(() => parseCurve("0,1\n5,-2")).toThrow("line 2");
  expect(() => parseCurve("0,1")).toThrow("2 points at least");
});

test("a large audience is simulated small and scaled up; a small one as it is", () => {
  const read = readPlanFlags(["--viewers", "50000"]);
  if (!("flags" in read)) throw new Error("expected flags");
  const large = planFor(read.flags.provider, 1_000);
  expect(large.scale).toBe(50);
  expect(parseScenario(large.scenario).audience.viewers).toBe(1_000);
  expect(planFor(read.flags.provider, 100_000).scale).toBe(1);
});

test.each([
  [["--ladder", "none"], "--ladder"],
  [["--consent", "2"], "--consent"],
  [["--viewers", "0"], "--viewers"],
  [["--curve", "a.csv", "--access-log", "b.log"], "expected one of them"],
  [["--curve", "/nowhere.csv"], "/nowhere.csv"],
])("%j is refused", (args, message) => {
  expect(() => readPlanFlags(args)).toThrow(message);
});

test("a plan names what to expect and how sure that is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
  const [curve, json, report] = ["curve.csv", "plan.json", "plan.html"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(curve, "0,10\n60,40\n");
  const args = [
    "plan",
    "--curve",
    curve,
    "--ladder",
    "500",
    "--replicas",
    "2",
    "--json",
    json,
    "--report",
    report,
  ];
  const { code, stdout } = await runCommand("loadtest/cli.js", args);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/offload[\s\S]*saved/) });
  const { outlook, results } = JSON.parse(readFileSync(json, "utf8"));
  expect(results.length).toBe(2);
  expect(outlook.offload.low).toBeLessThanOrEqual(outlook.offload.median);
  expect(outlook.offload.median).toBeLessThanOrEqual(outlook.offload.high);
  expect(readFileSync(report, "utf8")).toContain("seed 2");
}, 60_000);
