// Simulates off the page's thread.
import type { LoadResult } from "../../result/result.js";
import { parseScenario } from "../../scenario/parse.js";
import type { ScenarioInput } from "../../scenario/scenario.js";
import { Simulation } from "../../simulate/simulation.js";

export interface PlanQuestion {
  readonly scenario: ScenarioInput;
  /** Simulations, each with other chance. */
  readonly replicas: number;
}

export type PlanReply =
  | { readonly at: "running"; readonly share: number }
  | { readonly at: "done"; readonly result: LoadResult }
  | { readonly at: "wrong"; readonly because: string };

const EVENTS_AT_ONCE = 100_000;

addEventListener("message", ({ data }: MessageEvent<PlanQuestion>) => {
  try {
    for (let seed = 1; seed <= data.replicas; seed++) {
      const scenario = parseScenario({ ...data.scenario, seed });
      const simulation = new Simulation(scenario);
      while (simulation.advance(EVENTS_AT_ONCE)) {
        reply({ at: "running", share: simulation.moment.elapsedS / scenario.durationS });
      }
      reply({ at: "done", result: simulation.result(false) });
    }
  } catch (error) {
    reply({ at: "wrong", because: (error as Error).message });
  }
});

function reply(message: PlanReply): void {
  postMessage(message);
}
