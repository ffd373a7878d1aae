import { expect, test } from "vitest";
import { FIGURE_ROWS } from "../../../loadtest/result/figure-rows.js";
import type { LoadResult } from "../../../loadtest/result/result.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import type { ScenarioInput } from "../../../loadtest/scenario/scenario.js";
import { Simulation } from "../../../loadtest/simulate/simulation.js";

const AUDIENCE = { viewers: 120, overS: 20 };

function begin(partViewers: number, changes: Partial<ScenarioInput> = {}): Simulation {
  return new Simulation(
    parseScenario({
      durationS: 90,
      stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 1_000 }] },
      ...changes,
      audience: { ...AUDIENCE, ...changes.audience, partViewers },
    }),
  );
}

function run(partViewers: number, changes?: Partial<ScenarioInput>): LoadResult {
  const simulation = begin(partViewers, changes);
  while (simulation.advance(10_000));
  return simulation.result(false);
}

test("viewers of different parts never meet", () => {
  const { figures } = run(2, {
    networks: [{ name: "open", nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 } }],
  });
  expect(figures.sessions).toBe(120);
  expect(figures.peersMean).toBeGreaterThan(0.8);
  expect(figures.peersMean).toBeLessThanOrEqual(1);
});

test("an audience in parts comes to what it comes to where all can meet", () => {
  const whole = run(120);
  const parts = run(40);
  expect(parts.figures.sessions).toBe(whole.figures.sessions);
  expect(Math.abs(parts.figures.offload - whole.figures.offload)).toBeLessThan(0.02);
  expect(parts.timeline.viewers).toEqual(whole.timeline.viewers);
  expect(parts.copiesPerSegment).toHaveLength(whole.copiesPerSegment.length);
});

test("what parts have seen adds up", () => {
  const { figures, timeline, peerBytesByNearness, copiesPerSegment } = run(30);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(sum(timeline.originBytes)).toBeCloseTo(figures.originBytes, 0);
  expect(sum(timeline.peerBytes)).toBe(figures.peerBytes);
  expect(sum(Object.values(peerBytesByNearness))).toBe(figures.peerBytes);
  expect(sum(copiesPerSegment) * 250_000).toBeLessThanOrEqual(figures.originBytes);
});

test("parts share the origin", () => {
  const crowd: Partial<ScenarioInput> = {
    audience: { viewers: 120, overS: 1 },
    origin: { totalMbps: 40 },
    policies: { engine: "plain" },
  };
  const [whole, parts] = [run(120, crowd), run(30, crowd)];
  // Six seconds for what all want at once; two if each part had the origin to itself.
  expect(whole.figures.startupMedianMs).toBeGreaterThan(4_000);
  expect((parts.figures.startupMedianMs ?? 0) / (whole.figures.startupMedianMs ?? 0)).toBeCloseTo(1, 1);
});

test("a table says into how many parts an audience was divided, and of real viewers or one part nothing", () => {
  const engine = FIGURE_ROWS[0]?.[1];
  expect(engine?.(run(30))).toBe("simulate, in 4 parts");
  expect(engine?.(run(120))).toBe("simulate");
  expect(engine?.({ ...run(30), engine: "peers" })).toBe("peers");
});

test("the same scenario in parts gives the same result to the byte", () => {
  expect(JSON.stringify(run(30))).toBe(JSON.stringify(run(30)));
});

test("a run that ends early has seen about as much of each part", () => {
  const simulation = begin(60);
  while (simulation.moment.elapsedS < 50) simulation.advance(1_000);
  const { ranS, isPartial, timeline } = simulation.result(true);
  expect(isPartial).toBe(true);
  expect(ranS).toBeLessThan(90);
  const atOnce = timeline.viewers[39];
  expect(atOnce).toBe(120);
});
