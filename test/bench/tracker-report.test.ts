import { expect, test } from "vitest";
import type { TrackerSample } from "../../loadtest/bench/tracker/measure.js";
import { renderTrackerReport } from "../../loadtest/bench/tracker/report.js";

const machine = {
  cpu: "a CPU",
  cores: 2,
  memoryGiB: 8,
  system: "Linux",
  node: "v20",
  chromium: "",
  packages: {},
};
const load = { sockets: 2, swarm: 2, offers: 1, rate: 10, seconds: 1 };

function sample(cpuUsPerAnnounce: number): TrackerSample {
  return { cpuUsPerAnnounce, p50Ms: null, p99Ms: 2, answered: 1, bytesPerSocket: 2048, machineLoad: 3 };
}

test("the ratio is the median of what neighbouring runs differ by, and a figure that does not exist is no zero", () => {
  const rounds = [
    { stock: sample(100), nearcast: sample(50) },
    { stock: sample(1000), nearcast: sample(600) },
    { stock: sample(100), nearcast: sample(90) },
  ];
  const report = renderTrackerReport(rounds, { command: "npm run bench -- tracker", machine, load });
  expect(report).toContain("| CPU per announce, µs | 100 | 90 | 0.60 | 0.50 – 0.90 |");
  expect(report).toContain("| offer to answer p50, ms | – | – | – |");
});
