import { describe, expect, test } from "vitest";
import { ENGINE_NAMES, ENGINES, type EngineName, type Setup } from "../../loadtest/bench/offload/engines.js";
import { SCENARIO_NAMES, SCENARIOS, type Scenario } from "../../loadtest/bench/offload/scenarios.js";

describe.each(SCENARIO_NAMES)("in %s", (name) => {
  const { latencySegments }: Scenario = SCENARIOS[name];
  const asksForLatency = (engine: EngineName) => {
    const setup: Setup = ENGINES[engine].setup(name);
    return setup.hls?.liveSyncDurationCount;
  };

  test("engines play at the same distance to the live edge", () => {
    for (const engine of ENGINE_NAMES.filter((each) => each !== "stock")) {
      expect({ engine, latency: asksForLatency(engine) }).toEqual({ engine, latency: latencySegments });
    }
  });

  test("stock chooses its distance itself only where it would choose this one", () => {
    expect(asksForLatency("stock")).toBe(latencySegments === 9 ? undefined : latencySegments);
  });

  test("stock has no options of its own, tuned has", () => {
    expect(ENGINES.stock.setup(name)).not.toHaveProperty("stock");
    expect(ENGINES.tuned.setup(name).stock).toHaveProperty("highDemandTimeWindow");
  });
});
