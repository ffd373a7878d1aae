import type { LoadResult } from "../result/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { Simulation } from "./simulation.js";

const EVENTS_AT_ONCE = 1_000_000;

/** What a thread of `runReplicas` does. */
export default function simulate(scenario: Scenario): LoadResult {
  const simulation = new Simulation(scenario);
  while (simulation.advance(EVENTS_AT_ONCE));
  return simulation.result(false);
}
