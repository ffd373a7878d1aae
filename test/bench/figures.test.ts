import { describe, expect, test } from "vitest";
import { measure } from "../../loadtest/bench/offload/measure.js";
import type { ViewerFigures } from "../../loadtest/bench/offload/viewer-record.js";
import { AccessLog } from "../../loadtest/browsers/access-log.js";
import type { ViewerSnapshot } from "../../loadtest/browsers/page/snapshot.js";

const SECOND = 1_000;

function viewer(last: Partial<ViewerSnapshot>, figures: Partial<ViewerFigures> = {}): ViewerFigures {
  return {
    joinedAtMs: 0,
    livedMs: 100 * SECOND,
    meanHeight: 180,
    meanLatencyS: 6,
    topAfterMs: 0,
    ...figures,
    last: {
      state: "playing",
      positionS: 0,
      bufferS: 0,
      latencyS: 6,
      height: 180,
      startupMs: 100,
      firstPeerMs: undefined,
      stalls: 0,
      stalledMs: 0,
      playedMs: 0,
      levelSwitches: 0,
      loadedBytes: 0,
      fromPeers: 0,
      fromOrigin: 0,
      uploaded: 0,
      wasted: 0,
      peers: 0,
      errors: [],
      ...last,
    },
  };
}

/** @param sent seconds at which copies went out, by segment. */
function originLog(sent: Record<string, number[]>, bytes = 1_000): AccessLog {
  const log = new AccessLog();
  for (const [path, times] of Object.entries(sent)) {
    for (const time of times) {
      const kind = path.endsWith(".m3u8") ? "playlist" : "segment";
      log.add({ stream: "bench", kind, path, bytes, status: 200, atMs: time * SECOND, complete: true });
    }
  }
  return log;
}

function figuresOf(log: AccessLog, viewers: readonly ViewerFigures[]) {
  return measure({
    viewers,
    seats: viewers.length,
    origin: { segmentBytes: log.totals("bench").segmentBytes, copyTimes: log.copyTimes("bench") },
    steady: { fromMs: 20 * SECOND, untilMs: 90 * SECOND },
    cores: { browsers: 0.5, machine: 1, joining: null },
  });
}

describe("offload", () => {
  test("is zero where each viewer gets each segment from the origin", () => {
    const log = originLog({ a: [1, 2], b: [30, 31], "playlist.m3u8": [0, 2, 4] });
    const figures = figuresOf(log, [viewer({ loadedBytes: 2_000 }), viewer({ loadedBytes: 2_000 })]);
    expect(figures).toMatchObject({ offload: 0, offloadLimit: 0.5, copiesMean: 2, waste: 0 });
  });

  test("counts the start, and bytes of transfers that the client cut off", () => {
    const log = originLog({ a: [1], b: [30] });
    log.add({
      stream: "bench",
      kind: "segment",
      path: "c",
      bytes: 500,
      status: 200,
      atMs: 1,
      complete: false,
    });
    const viewers = [
      viewer({ loadedBytes: 2_000, fromPeers: 0, uploaded: 2_000 }),
      viewer({ loadedBytes: 2_000, fromPeers: 2_000 }),
    ];
    expect(figuresOf(log, viewers)).toMatchObject({
      offload: 1 - 2_500 / 4_000,
      waste: 500 / 4_000,
      uploadSpread: 2,
    });
  });

  test("is zero, not a division by zero, where nobody has loaded anything", () => {
    expect(figuresOf(originLog({}), [])).toMatchObject({ offload: 0, waste: 0, copiesMean: null });
  });
});

test("peer bytes that were thrown away are waste", () => {
  const viewers = [viewer({ loadedBytes: 1_000, fromPeers: 1_000, wasted: 250 })];
  expect(figuresOf(originLog({}), viewers)).toMatchObject({ waste: 0.25, discarded: 0.25 });
});

test("copies are those of segments whose first copy went out in the steady part, late copies included", () => {
  const log = originLog({
    start: [1, 2, 3, 40],
    boundary: [20, 21],
    steady: [21, 95],
    alone: [50],
    end: [91, 92, 93],
  });
  expect(figuresOf(log, [viewer({})])).toMatchObject({
    copiesMean: 1.5,
    copiesP95: 2,
    settledSegments: 2,
    copiesMeanOverall: 12 / 5,
  });
});

test("a viewer that never plays counts with the time it had", () => {
  const viewers = [
    viewer({ startupMs: 200 }),
    viewer({ startupMs: 400 }),
    viewer({ startupMs: undefined }, { livedMs: 60 * SECOND }),
  ];
  expect(figuresOf(originLog({}), viewers)).toMatchObject({
    startupMedianMs: 400,
    startupWorstMs: 60 * SECOND,
  });
});

test("stalls are summed over the viewers, and errors kept", () => {
  const viewers = [
    viewer({ stalls: 2, stalledMs: 1_500, errors: ["fragLoadError: 404"] }),
    viewer({ stalls: 1, stalledMs: 500 }),
    viewer({}),
  ];
  expect(figuresOf(originLog({}), viewers)).toMatchObject({
    stalls: 3,
    stalledS: 2,
    stalledViewers: 2,
    errors: ["fragLoadError: 404"],
  });
});
