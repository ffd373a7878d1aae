import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { FlagError } from "../../../command-line/flags.js";
import { compare, comparisonTable, sized } from "../../../loadtest/calibrate/comparison.js";
import { type Measured, readOffloadRuns } from "../../../loadtest/calibrate/measured.js";
import { planRows } from "../../../loadtest/calibrate/row.js";
import type { LoadResult } from "../../../loadtest/result/result.js";
import { readScenario } from "../../../loadtest/scenario/read.js";
import { Simulation } from "../../../loadtest/simulate/simulation.js";

function scenario(name: string) {
  return readScenario(resolve(import.meta.dirname, `../../../loadtest/scenarios/${name}.json`));
}

const measured: Measured = {
  scenario: "bench-live6",
  by: "browsers",
  viewers: 8,
  seconds: 120,
  runs: 3,
  offload: 0.85,
  copies: 1,
};

function simulated(offload: number, copiesMean: number | null): LoadResult[] {
  return [{ figures: { offload, copiesMean } } as LoadResult];
}

test("five points and 0.3 copies are near, more is not", () => {
  expect(compare(measured, simulated(0.895, 1.29)).isWithin).toBe(true);
  expect(compare(measured, simulated(0.81, null)).isWithin).toBe(true);
  expect(compare(measured, simulated(0.79, 1)).isWithin).toBe(false);
  expect(compare(measured, simulated(0.85, 1.4)).isWithin).toBe(false);
  expect(comparisonTable([compare(measured, simulated(0.79, 1.4))])).toMatch(
    /−6\.0 points .*\+0\.40 \| \*\*outside/,
  );
});

test("a scenario for other numbers keeps its pace of arrivals", () => {
  const { audience, durationS } = sized(scenario("bench-live6"), 16, 90);
  expect(durationS).toBe(90);
  expect(audience).toMatchObject({ viewers: 16, overS: 15, jitterS: 2 });
});

test("headless viewers, who show no picture, are compared with simulated ones who show none", async () => {
  const plan = { scenario: "bench-live6", seconds: 60, runs: 1 };
  const rows = await planRows({ ...plan, peers: [4], browsers: [4] });
  expect(rows.map(({ by, scenario: { audience } }) => [by, audience.device.pictureMs])).toEqual([
    ["peers", 0],
    ["browsers", 250],
  ]);
});

/** Medians of Nearcast in the offload benchmark, real browsers on this project's machine: offload, copies. */
const BROWSERS = {
  vod: [0.84, 1],
  live6: [0.855, 1],
  live18: [0.849, 1],
  uplinks18: [0.797, 1.03],
  uplinks8: [0.837, 1.05],
  uneven18: [0.789, 1.23],
  churn6: [0.828, 1.31],
};

test.each(Object.entries(BROWSERS))(
  "the simulator stays as near to real browsers as it was: %s",
  (name, figures) => {
    const [offload = 0, copies = 0] = figures;
    const results = [1, 2, 3].map((seed) => {
      const simulation = new Simulation({ ...scenario(`bench-${name}`), seed });
      while (simulation.advance(100_000));
      return simulation.result(false);
    });
    const comparison = compare({ ...measured, offload, copies }, results);
    expect(comparison).toMatchObject({ isWithin: true });
  },
);

function file(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), "nearcast-")), "offload.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("medians of Nearcast's complete runs are taken from the benchmark's results, others are not", () => {
  const run = { scenario: "live6", engine: "nearcast", viewers: 8, seconds: 120, isPartial: false };
  const figures = (offload: number) => ({ offload, copiesMean: 1 });
  const path = file({
    runs: [
      { ...run, figures: figures(0.8) },
      { ...run, figures: figures(0.84) },
      { ...run, figures: figures(0.9) },
      { ...run, isPartial: true, figures: figures(0.1) },
      { ...run, engine: "stock", figures: figures(0.2) },
      { ...run, scenario: "abr", figures: figures(0.3) },
    ],
  });
  expect(readOffloadRuns(path)).toEqual([
    { ...measured, by: "browsers (offload benchmark)", offload: 0.84, copies: 1, runs: 3 },
  ]);
});

test.each(["", "[]", '{"runs":[{}]}'])("%j is refused with the file's name", (text) => {
  const path = file(text);
  expect(() => readOffloadRuns(path)).toThrow(FlagError);
  expect(() => readOffloadRuns(path)).toThrow(path);
});
