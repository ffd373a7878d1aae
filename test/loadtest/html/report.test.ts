import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chartsOf } from "../../../loadtest/html/page/charts.js";
import { readResult } from "../../../loadtest/html/report-command.js";
import type { ReportedRun } from "../../../loadtest/html/reported-run.js";
import { ResultError } from "../../../loadtest/result/result.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { Simulation } from "../../../loadtest/simulate/simulation.js";

function run(name: string, viewers: number): ReportedRun {
  const simulation = new Simulation(
    parseScenario({
      durationS: 40,
      stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 500 }] },
      audience: { viewers, overS: 5 },
    }),
  );
  while (simulation.advance(100_000));
  return { name, command: "nearcast-loadtest simulate a.json", result: simulation.result(false) };
}

test("every chart has a line for each run, and every line as many times as values", () => {
  for (const runs of [[run("one", 4)], [run("one", 4), run("two", 6)]]) {
    const charts = chartsOf(runs);
    expect(charts.length).toBeGreaterThanOrEqual(11);
    for (const { title, lines } of charts) {
      expect(lines.length, title).toBeGreaterThanOrEqual(runs.length);
      for (const { x, y } of lines) expect(x.length, title).toBe(y.length);
    }
  }
});

test("shares are shares, at whatever time", () => {
  const offload = chartsOf([run("one", 4), run("two", 6)]).find(({ title }) => title.startsWith("Offload"));
  for (const { y } of offload?.lines ?? []) {
    expect(y.some((share) => share !== null)).toBe(true);
    for (const share of y) expect(share ?? 0).toBeGreaterThanOrEqual(0);
    for (const share of y) expect(share ?? 0).toBeLessThanOrEqual(100);
  }
});

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "nearcast-")), "result.json");
  writeFileSync(path, text);
  return path;
}

test("what --json has written can be read again", () => {
  const { result } = run("one", 3);
  expect(readResult(file(JSON.stringify(result)))).toEqual(result);
});

test.each(["", "{", "[]", "{}", '{"format":"nearcast-loadtest/1"}', '{"format":"other/1"}'])(
  "%j is refused with the file's name",
  (text) => {
    const path = file(text);
    expect(() => readResult(path)).toThrow(ResultError);
    expect(() => readResult(path)).toThrow(path);
  },
);
