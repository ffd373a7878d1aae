import type { EngineName } from "./engines.js";
import type { ScenarioName } from "./scenarios.js";

export interface PlannedRun {
  readonly scenario: ScenarioName;
  readonly engine: EngineName;
  /** From 1; the audience of a round is the same for all engines. */
  readonly round: number;
}

/**
 * Scenario after scenario, and in each one round after round of all engines. Each round begins with another engine, so
 * that none always runs on a machine that the same other one has just warmed up.
 */
export function planRuns(order: {
  readonly scenarios: readonly ScenarioName[];
  readonly engines: readonly EngineName[];
  readonly runs: number;
}): PlannedRun[] {
  return order.scenarios.flatMap((scenario) =>
    Array.from({ length: order.runs }, (_, index) =>
      rotated(order.engines, index).map((engine) => ({ scenario, engine, round: index + 1 })),
    ).flat(),
  );
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  return items.map((_, index) => items[(index + by) % items.length] as Item);
}
