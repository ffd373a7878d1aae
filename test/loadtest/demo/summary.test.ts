import fc from "fast-check";
import { expect, test } from "vitest";
import type { OriginTotals } from "../../../loadtest/browsers/access-log.js";
import type { ViewerSnapshot } from "../../../loadtest/browsers/page/snapshot.js";
import { summarise } from "../../../loadtest/demo/summary.js";

function viewer(changes: Partial<ViewerSnapshot> = {}): ViewerSnapshot {
  return {
    state: "playing",
    positionS: 10,
    bufferS: 5,
    latencyS: 6,
    height: 720,
    startupMs: 300,
    firstPeerMs: 500,
    stalls: 0,
    stalledMs: 0,
    playedMs: 10_000,
    levelSwitches: 0,
    loadedBytes: 1_000_000,
    fromPeers: 0,
    fromOrigin: 1_000_000,
    uploaded: 0,
    wasted: 0,
    peers: 1,
    errors: [],
    ...changes,
  };
}

function sent(segmentBytes: number, copies: Record<string, number> = {}): OriginTotals {
  return { segmentBytes, playlistBytes: 5_000, initBytes: 1_000, copies: new Map(Object.entries(copies)) };
}

test("a run of four viewers", () => {
  const viewers = [
    viewer({ startupMs: 900, stalls: 1, stalledMs: 400 }),
    viewer({ startupMs: 200 }),
    viewer({ startupMs: 400, stalls: 2, stalledMs: 250 }),
    viewer({ startupMs: undefined }),
  ];
  expect(summarise("live", viewers, sent(1_500_000, { "a.m4s": 1, "b.m4s": 2 }), 60_000)).toEqual({
    stream: "live",
    viewers: 4,
    elapsedMs: 60_000,
    offload: 0.625,
    offloadLimit: 0.75,
    residualBytes: 1_500_000,
    residualKbps: 200,
    originCopiesPerSegment: 1.5,
    stalls: 3,
    stalledMs: 650,
    startupMs: { median: 400, worst: 900 },
    perViewer: viewers,
  });
});

test("before anybody plays there is nothing to divide by", () => {
  expect(summarise("live", [], sent(0), 0)).toMatchObject({
    offload: 0,
    offloadLimit: 0,
    residualKbps: 0,
    originCopiesPerSegment: 0,
    startupMs: null,
  });
});

test("an origin that has sent more than the viewers have loaded is not hidden", () => {
  expect(summarise("live", [viewer()], sent(1_250_000), 1_000).offload).toBe(-0.25);
});

test("what viewers say of peers does not change the offload", () => {
  const claimed = [viewer({ fromPeers: 9e9, fromOrigin: 0 }), viewer({ wasted: 5e9 })];
  const honest = [viewer(), viewer()];
  expect(summarise("live", claimed, sent(500_000), 1_000).offload).toBe(
    summarise("live", honest, sent(500_000), 1_000).offload,
  );
});

test("half of the viewers started no later than the median, and none later than the worst", () => {
  const startups = fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 32 });
  fc.assert(
    fc.property(startups, (list) => {
      const viewers = list.map((startupMs) => viewer({ startupMs }));
      const { startupMs } = summarise("live", viewers, sent(0), 1_000);
      const { median = Number.NaN, worst = Number.NaN } = startupMs ?? {};
      expect(list).toContain(median);
      expect(list.filter((value) => value <= median).length).toBeGreaterThanOrEqual(list.length / 2);
      expect(list.filter((value) => value >= median).length).toBeGreaterThanOrEqual(list.length / 2);
      expect(worst).toBe(Math.max(...list));
    }),
  );
});
