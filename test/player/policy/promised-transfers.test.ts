import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leavesTimeForPeers, type SegmentView } from "../../../player/policy/fetch-decision.js";
import { casesWith, decide, firstFetch, lastCallMs, NOW_MS, wide } from "../../support/fetch-cases.js";

describe("on a narrow downlink", () => {
  const narrow = { isNarrow: true };

  test("what the player asks for is left to peers only while a transfer could fail and the origin make good", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: true, transfer: undefined }, narrow), (it) => {
        const { segment, around, origin } = it;
        const { atMs } = firstFetch(it);
        expect(atMs).toBeLessThanOrEqual(Math.max(NOW_MS, lastCallMs(it) - origin.meanMs));
        if (NOW_MS < atMs) {
          expect(leavesTimeForPeers(segment.neededAtMs, around, origin, NOW_MS)).toBe(true);
        }
      }),
    );
  });

  test("what nobody asks for is fetched no earlier than on a wide one", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: false, transfer: undefined }, narrow), (it) => {
        expect(firstFetch(it)).toEqual(firstFetch({ ...it, around: { ...it.around, ...wide } }));
      }),
    );
  });

  test("there is always time for peers on a wide one", () => {
    fc.assert(
      fc.property(casesWith({}, wide), ({ segment, around, origin }) => {
        expect(leavesTimeForPeers(segment.neededAtMs, around, origin, NOW_MS)).toBe(true);
      }),
    );
  });
});

describe("a transfer that playback depends on", () => {
  const origin = { meanMs: 400, deviationMs: 50, firstByteMs: 20, bytesPerMs: 500 };
  const around = {
    seeders: 2,
    peers: 2,
    isJoining: false,
    learnSpreadMs: 2_000,
    showMs: 80,
    transferMs: 0,
    isNarrow: false,
  };
  const dripping = (promisedAtMs: number | undefined): SegmentView => ({
    knownAtMs: NOW_MS - 3_000,
    neededAtMs: NOW_MS + 500,
    durationMs: 2_000,
    isRequested: true,
    rank: 1,
    isOffered: true,
    transfer: {
      lastMovedAtMs: NOW_MS,
      loadedBytes: 99_900,
      totalBytes: 100_000,
      bytesPerMs: 50,
      promisedAtMs,
    },
  });

  test("is waited for, and says by when it will have come", () => {
    const decision = decide({ segment: dripping(undefined), around, origin });
    expect(decision).toEqual({ at: "wait", untilMs: NOW_MS + 50, promisedAtMs: NOW_MS + 2 });
  });

  test("is believed for longer where its segment is large and the origin can still make good", () => {
    const late = (lateMs: number, neededInMs: number) =>
      decide({
        segment: { ...dripping(NOW_MS - lateMs), neededAtMs: NOW_MS + neededInMs },
        around,
        origin: { ...origin, deviationMs: 300 },
      });
    expect(late(250, 1_000)).toMatchObject({ at: "wait" });
    expect(late(301, 1_000)).toMatchObject({ at: "fetch" });
    expect(late(250, 650)).toMatchObject({ at: "fetch" });
  });

  test("is believed until then, and a moment longer", () => {
    expect(decide({ segment: dripping(NOW_MS - 100), around, origin })).toMatchObject({ at: "wait" });
    expect(decide({ segment: dripping(NOW_MS - 101), around, origin })).toMatchObject({ at: "fetch" });
  });
});
