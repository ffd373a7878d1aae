import { median } from "../bench/statistics.js";
import type { LoadResult } from "../result/result.js";
import { parseScenario } from "../scenario/parse.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Measured } from "./measured.js";

/** Reality and simulation of one scenario side by side. */
export interface Comparison {
  readonly measured: Measured;
  /** Simulations that the medians below are of. */
  readonly replicas: number;
  /** `null` where nothing was simulated yet. */
  readonly offload: number | null;
  readonly copies: number | null;
  readonly isWithin: boolean | null;
}

/** What the simulator may be off by. */
export const TOLERANCE = { offloadPoints: 5, copies: 0.3 };

/** The scenario with another number of viewers, who come at the same pace. */
export function sized(scenario: Scenario, viewers: number, durationS: number): Scenario {
  const { audience } = scenario;
  const spacingS = audience.overS / Math.max(1, audience.viewers - 1);
  return parseScenario({
    ...scenario,
    durationS,
    audience: { ...audience, viewers, overS: spacingS * Math.max(0, viewers - 1) },
  });
}

export function compare(measured: Measured, simulated: readonly LoadResult[]): Comparison {
  const replicas = simulated.length;
  const offload = median(simulated.map(({ figures }) => figures.offload));
  if (offload === null) return { measured, replicas, offload, copies: null, isWithin: null };
  const copies = median(simulated.flatMap(({ figures }) => figures.copiesMean ?? []));
  const offloadIsNear = Math.abs(offload - measured.offload) * 100 <= TOLERANCE.offloadPoints;
  const copiesAreNear =
    copies === null || measured.copies === null || Math.abs(copies - measured.copies) <= TOLERANCE.copies;
  return { measured, replicas, offload, copies, isWithin: offloadIsNear && copiesAreNear };
}

/** Markdown. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const head = [
    "scenario",
    "real viewers",
    "viewers",
    "seconds, runs",
    "offload real",
    "simulated",
    "difference",
    "copies real",
    "simulated",
    "difference",
    "",
  ];
  const rows = comparisons.map(({ measured, offload, copies, isWithin }) => [
    measured.scenario,
    measured.by,
    String(measured.viewers),
    `${measured.seconds}, ${measured.runs}`,
    `${(measured.offload * 100).toFixed(1)} %`,
    offload === null ? "–" : `${(offload * 100).toFixed(1)} %`,
    offload === null ? "–" : `${signed((offload - measured.offload) * 100, 1)} points`,
    measured.copies?.toFixed(2) ?? "–",
    copies?.toFixed(2) ?? "–",
    copies !== null && measured.copies !== null ? signed(copies - measured.copies, 2) : "–",
    isWithin === null ? "not simulated" : isWithin ? "within" : "**outside**",
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
