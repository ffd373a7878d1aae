import type { LoadResult } from "../result/result.js";
import type { Engine, RunOptions } from "../run/engine.js";
import type { Scenario } from "../scenario/scenario.js";
import { Simulation } from "./simulation.js";

/** Between two looks at the outside world. */
const EVENTS_AT_ONCE = 50_000;

/** One run of the simulator on this thread. */
export const simulator: Engine = {
  check() {},

  async run(scenario: Scenario, { onMoment, signal }: RunOptions): Promise<LoadResult> {
    const simulation = new Simulation(scenario);
    while (!signal.aborted && simulation.advance(EVENTS_AT_ONCE)) {
      onMoment(simulation.moment);
      // Signals and timers of the process have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return simulation.result(signal.aborted);
  },
};
