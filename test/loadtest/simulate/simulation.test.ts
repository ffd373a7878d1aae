import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { LoadResult } from "../../../loadtest/result/result.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { readScenario } from "../../../loadtest/scenario/read.js";
import type { Scenario, ScenarioInput } from "../../../loadtest/scenario/scenario.js";
import { Simulation } from "../../../loadtest/simulate/simulation.js";

function simulate(scenario: Scenario): LoadResult {
  const simulation = new Simulation(scenario);
  while (simulation.advance(100_000));
  return simulation.result(false);
}

function example(name: string): Scenario {
  return readScenario(resolve(import.meta.dirname, `../../../loadtest/scenarios/${name}.json`));
}

const live: ScenarioInput = {
  durationS: 120,
  stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 1_000 }] },
  audience: { viewers: 30, overS: 20 },
};

const ladder: Partial<ScenarioInput> = {
  stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 400 }, { kbps: 1_000 }, { kbps: 2_000 }] },
};

function run(changes: Partial<ScenarioInput> = {}): LoadResult {
  return simulate(parseScenario({ ...live, ...changes }));
}

test("the same scenario gives the same result to the byte, another seed another one", () => {
  const [first, again, other] = [run(), run(), run({ seed: 2 })];
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(other.figures).not.toEqual(first.figures);
  expect(JSON.stringify(run(ladder))).toBe(JSON.stringify(run(ladder)));
});

test("bytes are neither made nor lost: what viewers hold came from the origin or was uploaded by somebody", () => {
  for (const scenario of [example("faults"), example("bench-vod"), parseScenario(live)]) {
    const { figures, timeline } = simulate({ ...scenario, durationS: Math.min(300, scenario.durationS) });
    const sum = (bytes: readonly number[]) => bytes.reduce((total, count) => total + count, 0);
    expect(figures.loadedBytes).toBeGreaterThan(0);
    expect(figures.loadedBytes).toBeLessThanOrEqual(figures.originBytes + figures.peerBytes);
    expect(figures.peerBytes).toBeLessThanOrEqual(figures.uploadedBytes);
    expect(sum(timeline.originBytes)).toBeCloseTo(figures.originBytes, 0);
    expect(sum(timeline.peerBytes)).toBe(figures.peerBytes);
  }
});

test("segments have the scenario's sizes, each in turn", () => {
  const loadedBytes = (segmentSizes?: number[]) =>
    run({ stream: { ...live.stream, ...(segmentSizes && { segmentSizes }) }, policies: { engine: "plain" } })
      .figures.loadedBytes;
  expect(loadedBytes([2])).toBe(2 * loadedBytes());
  // Of two neighbours a viewer has as many, or one more of either.
  expect(Math.abs(loadedBytes([0.5, 1.5]) - loadedBytes())).toBeLessThanOrEqual((30 * 250_000) / 2);
  expect(loadedBytes([0.5, 1.5])).not.toBe(loadedBytes());
});

test("pictures, and peers after them, come as late as devices need", () => {
  const started = (device: object) => run({ audience: { viewers: 30, overS: 20, device } }).figures;
  const [quick, slow] = [started({}), started({ pictureMs: 400 })];
  expect((slow.startupMedianMs ?? 0) - (quick.startupMedianMs ?? 0)).toBeCloseTo(400, 6);
  expect(started({ connectMs: 4_000 }).offload).toBeLessThan(quick.offload);
});

test("peers that answer late help less: also those who say that they have no room", () => {
  // Uplinks for one upload at a time, so that most of those who are asked are full.
  const narrow: Partial<ScenarioInput> = {
    stream: { ...live.stream, latencySegments: 9 },
    networks: [{ name: "narrow", upMbps: [2.5, 2.5], downMbps: [50, 50] }],
  };
  const offload = (answerMs: number) =>
    run({ ...narrow, audience: { viewers: 30, overS: 20, device: { answerMs } } }).figures.offload;
  const [quick, slow] = [offload(25), offload(1_000)];
  expect(quick).toBeGreaterThan(0.5);
  expect(slow).toBeLessThan(quick - 0.1);
});

test("pages that do not see what is under way misjudge uplinks that just carry the stream, and no others", () => {
  const copies = (upMbps: number, inFlightKiB: number) => {
    const seeds = [1, 2, 3].map((seed) => {
      const { figures } = run({
        seed,
        stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 430 }], latencySegments: 4 },
        networks: [{ name: "narrow", upMbps: [upMbps, upMbps], upBurstKiB: 32, downMbps: [50, 50] }],
        audience: { viewers: 16, overS: 20, device: { inFlightKiB } },
      });
      return figures.copiesMean ?? 0;
    });
    return seeds.reduce((sum, each) => sum + each);
  };
  expect(copies(1, 80)).toBeGreaterThan(copies(1, 0));
  expect(copies(50, 80)).toBe(copies(50, 0));
});

test("whoever is alone has at once all that there is, and those who come together wait for each other", () => {
  const soonBytes = (viewers: number) =>
    run({
      stream: { ...live.stream, latencySegments: 6 },
      audience: { viewers, arrivals: "interval", overS: 0.1 },
    }).timeline.originBytes[0] ?? 0;
  const alone = soonBytes(1);
  expect(alone).toBeGreaterThanOrEqual(5 * 250_000);
  expect(soonBytes(2)).toBeLessThan(1.5 * alone);
});

test("nothing is fetched ahead that memory could not keep until it is played", () => {
  const aheadBytes = (memoryMiB: number) => {
    const { originBytes, peerBytes, loadedBytes } = run({
      durationS: 40,
      stream: { kind: "vod", segmentS: 2, lengthS: 600, renditions: [{ kbps: 1_000 }] },
      policies: { memoryMiB, prefetchWindowS: 120 },
    }).figures;
    return originBytes + peerBytes - loadedBytes;
  };
  expect(aheadBytes(64)).toBeGreaterThan(30 * 4 * 250_000);
  // Less than is buffered.
  expect(aheadBytes(1)).toBeLessThan(250_000);
});

test("uplinks that carry the bitrate are of use where a few segments are larger than that", () => {
  const figures = (segmentSizes: number[]) =>
    run({
      stream: { ...live.stream, segmentSizes, latencySegments: 9 },
      networks: [{ name: "narrow", upMbps: [2.5, 2.5], downMbps: [50, 50] }],
    }).figures;
  const [even, uneven] = [figures([1]), figures([0.7, 0.7, 0.7, 0.7, 0.7, 2.5])];
  expect(even.offload).toBeGreaterThan(0.4);
  expect(uneven.offload).toBeGreaterThan(even.offload / 2);
});

test("plain hls.js fetches everything from the origin", () => {
  const { figures } = run({ policies: { engine: "plain" } });
  expect(figures).toMatchObject({ peerBytes: 0, offload: 0, peersMean: 0, stalls: 0, connectFailures: null });
});

test("nobody who has not agreed to peers gets or gives any", () => {
  const { figures } = run({ policies: { consent: 0 } });
  expect(figures).toMatchObject({ peerBytes: 0, uploadedBytes: 0, connectFailures: null });
});

test("viewers without UDP play on from the origin", () => {
  const { figures } = run({
    networks: [{ name: "office", nat: { open: 0, cone: 0, symmetric: 0, blocked: 1 } }],
  });
  expect(figures).toMatchObject({ peerBytes: 0, connectFailures: 1, stalls: 0 });
});

test("elected seeding saves more than waiting for the buffer to run low", () => {
  const elected = run().figures;
  const none = run({ policies: { seeding: "none" } }).figures;
  expect(elected.copiesMean).toBeLessThan(none.copiesMean ?? 0);
  expect(elected.offload).toBeGreaterThan(none.offload);
});

test("a dead tracker takes nothing from those who have met already", () => {
  const { figures, timeline } = run({ faults: [{ kind: "tracker-down", fromS: 40, untilS: 120 }] });
  expect(figures.stalls).toBe(0);
  const [late] = timeline.peerBytes.slice(-2);
  expect(late).toBeGreaterThan(0);
});

test("a dead origin stalls everybody, and they go on when it is back", () => {
  const { figures, timeline } = run({ faults: [{ kind: "origin-down", fromS: 50, untilS: 70 }] });
  expect(figures.stalledSessionsShare).toBeGreaterThan(0.9);
  expect(timeline.stalled.at(-1)).toBe(0);
});

test("polluters cost bytes and no stall", () => {
  const { figures } = run({ faults: [{ kind: "polluters", share: 0.2 }] });
  expect(figures.waste).toBeGreaterThan(run().figures.waste);
  expect(figures.stalls).toBe(0);
});

test("each viewer gets something wrong from each polluter once at most, however often they are introduced", () => {
  const share = 0.2;
  const viewers = 30;
  const segmentBytes = 250_000;
  const { figures } = run({ durationS: 240, faults: [{ kind: "polluters", share }] });
  const wasted = (figures.waste * figures.loadedBytes) / segmentBytes;
  expect(wasted).toBeGreaterThan(0);
  expect(wasted).toBeLessThan(viewers * viewers * share);
});

test("a run that ends early has what was seen until then", () => {
  const simulation = new Simulation(parseScenario(live));
  simulation.advance(5_000);
  const result = simulation.result(true);
  expect(result.isPartial).toBe(true);
  expect(result.ranS).toBeLessThan(120);
  expect(result.figures.loadedBytes).toBeGreaterThan(0);
});

test("uplinks that do not carry the stream cannot save most of it", () => {
  const narrow = run({ networks: [{ name: "dsl", upMbps: [0.3, 0.3] }] }).figures;
  // Thirty viewers of 1 Mbit/s whose uplinks come to less than a third of that.
  expect(narrow.offload).toBeLessThan(0.33);
  // One upload takes three segments' time there, and what its viewer asks for waits behind it.
  expect(narrow.stallRatio).toBeLessThan(0.1);
});

test("what an uplink lets through at once after a pause is worth something", () => {
  const narrow = { name: "narrow", upMbps: [2, 2] as [number, number] };
  const even = run({ networks: [narrow] }).figures;
  const bursts = run({ networks: [{ ...narrow, upBurstKiB: 64 }] }).figures;
  expect(bursts.offload).toBeGreaterThan(even.offload + 0.05);
});

test("viewers begin with the lowest rendition and go on with the best that they can load", () => {
  const wide = run(ladder).figures;
  const best = run().figures;
  expect(wide.meanKbps).toBeGreaterThan(1_500);
  expect(wide.startupMedianMs).toBeLessThan(best.startupMedianMs ?? 0);
  const narrow = run({ ...ladder, networks: [{ name: "narrow", downMbps: [1.6, 1.6] }] }).figures;
  expect(narrow.meanKbps).toBeLessThan(1_200);
});

test("what a small first segment has taken is not expected of larger ones: hardly anybody stalls on going up", () => {
  const { figures } = run({
    stream: { kind: "live", segmentS: 4, renditions: [{ kbps: 800 }, { kbps: 6_000 }] },
    audience: { viewers: 60, overS: 60 },
    networks: [{ name: "narrow", downMbps: [15, 30], upMbps: [10, 10] }],
  });
  expect(figures.stalledSessionsShare).toBeLessThan(0.1);
});

test("an origin that has become slow makes them play a lower one", () => {
  const slow = { kind: "origin-slow", fromS: 40, untilS: 120, firstByteMs: 100, responseMbps: 0.8 } as const;
  const { figures } = run({ ...ladder, policies: { engine: "plain" }, faults: [slow] });
  expect(figures.meanKbps).toBeLessThan(run(ladder).figures.meanKbps * 0.8);
});

test("viewers on several renditions share only within them", () => {
  const one = run().figures;
  const many = run({
    stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 500 }, { kbps: 1_000 }, { kbps: 2_000 }] },
    networks: [{ name: "mixed", downMbps: [0.8, 4], upMbps: [4, 4] }],
  }).figures;
  expect(many.offloadLimit).toBeLessThan(one.offloadLimit as number);
  expect(many.offload).toBeLessThanOrEqual(many.offloadLimit as number);
});
