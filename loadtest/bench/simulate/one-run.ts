// One simulation in a process of its own: prints what it took as JSON.
import { resolve } from "node:path";
import { openProgress } from "../../run/progress.js";
import { parseScenario } from "../../scenario/parse.js";
import { readScenario } from "../../scenario/read.js";
import { Simulation } from "../../simulate/simulation.js";
import { packageRoot } from "../package-root.js";

/** What a simulation took. */
export interface Took {
  readonly viewers: number;
  readonly cpuS: number;
  readonly peakMiB: number;
  /** Segments that viewers have played: what the cost is proportional to. */
  readonly playedSegments: number;
  readonly offload: number;
}

const EVENTS_AT_ONCE = 100_000;

const [viewers, seconds] = process.argv.slice(2).map(Number) as [number, number];
const example = readScenario(resolve(packageRoot(), "loadtest/scenarios/live-10k.json"));
const scenario = parseScenario({
  ...example,
  durationS: seconds,
  audience: { ...example.audience, viewers },
});
const simulation = new Simulation(scenario);
const progress = openProgress(scenario);
while (simulation.advance(EVENTS_AT_ONCE)) progress.show(simulation.moment);
progress.close();
const { figures } = simulation.result(false);
const { user, system } = process.cpuUsage();
const [rendition] = scenario.stream.renditions;
const took: Took = {
  viewers,
  cpuS: (user + system) / 1e6,
  // maxRSS is in KiB.
  peakMiB: process.resourceUsage().maxRSS / 1_024,
  playedSegments: figures.loadedBytes / (((rendition?.kbps ?? 0) * scenario.stream.segmentS * 1000) / 8),
  offload: figures.offload,
};
process.stdout.write(JSON.stringify(took));
