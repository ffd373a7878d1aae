import { expect, test } from "vitest";
import type { OffloadFigures } from "../../loadtest/bench/offload/measure.js";
import { medianTable } from "../../loadtest/bench/offload/medians.js";
import type { PlannedRun } from "../../loadtest/bench/offload/plan.js";
import { renderReport } from "../../loadtest/bench/offload/report.js";
import type { OffloadRun } from "../../loadtest/bench/offload/run.js";
import { renderMedians } from "../../loadtest/bench/offload/table.js";

const FIGURES: OffloadFigures = {
  offload: 0.5,
  offloadLimit: 0.875,
  copiesMean: 2,
  copiesP95: 3,
  settledSegments: 30,
  copiesMeanOverall: 2.5,
  waste: 0.1,
  discarded: 0.05,
  startupMedianMs: 100,
  startupWorstMs: 300,
  stalls: 0,
  stalledS: 0,
  stalledViewers: 0,
  meanHeight: 180,
  topAfterS: 0,
  latencyS: 6.4,
  uploadSpread: null,
  browserCores: 0.8,
  machineCores: 1.1,
  joiningCores: 1.9,
  errors: [],
};

function run(
  engine: PlannedRun["engine"],
  round: number,
  figures: Partial<OffloadFigures>,
  isPartial = false,
): OffloadRun {
  return {
    ...{ scenario: "live6", engine, round, viewers: 8, seconds: 120, isPartial, chromium: "1.2.3" },
    figures: { ...FIGURES, ...figures },
    perViewer: [],
  };
}

const RUNS = [
  run("plain", 1, { offload: 0, startupMedianMs: 100 }),
  run("nearcast", 1, { offload: 0.8, startupMedianMs: 120 }),
  run("nearcast", 2, { offload: 0.9, startupMedianMs: 150 }),
  run("nearcast", 3, { offload: 0.85, startupMedianMs: 300, copiesMean: null }),
  run("nearcast", 4, { offload: 0.1, startupMedianMs: 9_000 }, true),
];

test("a table holds medians of complete runs, and startup as a ratio to plain", () => {
  const table = medianTable("live6", RUNS);
  const nearcast = table?.rows.find(([engine]) => engine === "nearcast") ?? [];
  const byTitle = Object.fromEntries(table?.head.map((title, index) => [title, nearcast[index]]) ?? []);
  expect(byTitle).toMatchObject({
    runs: "3",
    offload: "0.850",
    copies: "2.00",
    "start ÷ plain": "1.50",
    "upload max/mean": "–",
  });
  expect(table?.rows.map(([engine]) => engine)).toEqual(["plain", "nearcast"]);
});

test("a scenario without a complete run has no table", () => {
  expect(medianTable("vod", RUNS)).toBeUndefined();
});

test("a table for anything but a terminal has no colours", () => {
  const table = medianTable("live6", RUNS);
  expect(table && renderMedians(table, { hasColours: false })).not.toContain("\u001b");
});

const MACHINE = {
  cpu: "Some CPU",
  cores: 2,
  memoryGiB: 24,
  system: "Linux 6",
  node: "v20",
  chromium: "1.2.3",
  packages: { "hls.js": "1.7.4" },
};

test("a report says which rows are of which build of the players, where there are several", () => {
  const runs = [...RUNS, { ...run("nearcast", 1, {}), scenario: "vod" as const }].map((measured) => ({
    ...measured,
    page: measured.engine === "plain" ? "bb" : "aa",
  }));
  const report = renderReport({ commands: [], machine: MACHINE, runs });
  expect(report).toContain("All runs are of one build of the players (`aa`) but for live6 plain (`bb`).");
});

test("a report names the command and the machine, has no date, and shows every run", () => {
  const report = renderReport({
    commands: ["npm run bench -- offload --runs 2", "npm run bench -- offload --runs 4 --continue"],
    machine: MACHINE,
    runs: RUNS.map((measured) => ({ ...measured, page: "0123456789abcdef" })),
  });
  expect(report).toContain(
    "\nnpm run bench -- offload --runs 2\nnpm run bench -- offload --runs 4 --continue\n",
  );
  expect(report).toContain("8 viewers, 120 s per run");
  expect(report).toContain("2 × Some CPU");
  expect(report).not.toContain("### vod");
  expect(report).not.toContain("of one build");
  expect(report.match(/^\| live6 /gm)).toHaveLength(RUNS.length);
  expect(report).toContain("live6 nearcast 4 (interrupted)");
  expect(report).not.toMatch(/\b20\d\d-\d\d/);
});
