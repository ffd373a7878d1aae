import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SegmentView } from "../../../player/policy/fetch-decision.js";
import { safeOriginMs } from "../../../player/policy/origin-time.js";
import {
  amongThree,
  cases,
  casesWith,
  decide,
  firstFetch,
  lastCallMs,
  lateness,
  NOW_MS,
  quickOrigin,
  requested,
} from "../../support/fetch-cases.js";

describe("deadlines", () => {
  test("a wait always ends later than now", () => {
    fc.assert(
      fc.property(cases, (it) => {
        const decision = decide(it);
        if (decision.at === "wait") expect(decision.untilMs).toBeGreaterThan(NOW_MS);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a wait for a requested segment ends at its last call, whatever a peer delivers", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: true }), (it) => {
        const decision = decide(it);
        if (decision.at === "wait" && NOW_MS < lastCallMs(it)) {
          expect(decision.untilMs).toBeLessThanOrEqual(lastCallMs(it));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("a requested segment that nobody delivers is fetched no later than its last call", () => {
    fc.assert(
      fc.property(requested, (it) => {
        expect(firstFetch(it).atMs).toBeLessThanOrEqual(Math.max(NOW_MS, lastCallMs(it)));
      }),
      { numRuns: 2_000 },
    );
  });

  test("past the last call a requested segment waits only for a transfer that ends in time", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: true }), fc.nat({ max: 20_000 }), (it, lateMs) => {
        const nowMs = Math.max(NOW_MS, lastCallMs(it)) + lateMs;
        const decision = decide(it, nowMs);
        const { transfer } = it.segment;
        if (decision.at === "fetch") return;
        expect(transfer).toBeDefined();
        const { totalBytes = Number.POSITIVE_INFINITY, loadedBytes = 0, bytesPerMs = 0 } = transfer ?? {};
        const restMs =
          bytesPerMs > 0 && totalBytes < Number.POSITIVE_INFINITY
            ? Math.max(0, totalBytes - loadedBytes) / bytesPerMs
            : 1_500;
        expect(nowMs + restMs).toBeLessThanOrEqual(
          Math.max(it.segment.neededAtMs, nowMs + it.origin.meanMs / 2),
        );
        expect(decision.untilMs - nowMs).toBeLessThanOrEqual(100);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a transfer that has stopped is waited for no longer than the last call and 1.6 s of silence", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: true }), (it) => {
        const silentAtMs = (it.segment.transfer?.lastMovedAtMs ?? Number.NEGATIVE_INFINITY) + 1_600;
        expect(firstFetch(it).atMs).toBeLessThanOrEqual(Math.max(NOW_MS, lastCallMs(it), silentAtMs));
      }),
      { numRuns: 2_000 },
    );
  });

  test("where playback already waits, the origin is asked unless a peer is done within half an origin fetch", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: true }), lateness, (it, lateMs) => {
        const segment = { ...it.segment, neededAtMs: NOW_MS - lateMs };
        const { transfer } = segment;
        const isMoving = transfer !== undefined && NOW_MS - transfer.lastMovedAtMs <= 1_500;
        const restMs =
          !transfer || !isMoving
            ? Number.POSITIVE_INFINITY
            : transfer.totalBytes === undefined || transfer.bytesPerMs === 0
              ? 1_500
              : Math.max(0, transfer.totalBytes - transfer.loadedBytes) / transfer.bytesPerMs;
        const decision = decide({ ...it, segment });
        if (restMs > it.origin.meanMs / 2) expect(decision).toEqual({ at: "fetch", because: "urgent" });
        else if (lateMs === 0) expect(decision).toMatchObject({ at: "wait", untilMs: NOW_MS + 50 });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a peer's pace", () => {
  const neededAtMs = NOW_MS + 5_000;

  /** Looks at a transfer that moves as told until it ends or the origin is asked. */
  function watch(loadedAt: (elapsedMs: number) => number, bytes: number, totalBytes: number): number {
    let nowMs = NOW_MS + 1;
    while (nowMs < neededAtMs + 60_000) {
      const loadedBytes = loadedAt(nowMs - NOW_MS);
      if (loadedBytes >= bytes) return nowMs;
      const segment: SegmentView = {
        knownAtMs: NOW_MS - 3_000,
        neededAtMs,
        durationMs: 2_000,
        isRequested: true,
        rank: 2,
        isOffered: true,
        transfer: {
          lastMovedAtMs: nowMs,
          loadedBytes,
          totalBytes: Math.max(totalBytes, loadedBytes),
          bytesPerMs: loadedBytes / (nowMs - NOW_MS),
          promisedAtMs: undefined,
        },
      };
      const decision = decide({ segment, around: amongThree, origin: quickOrigin }, nowMs);
      if (decision.at === "fetch") return nowMs;
      nowMs = Math.min(decision.untilMs, nowMs + 500);
    }
    return nowMs;
  }

  test.each([
    ["steady and fast enough", 25],
    ["steady and too slow", 15],
    ["hardly moving", 0.1],
  ])("%s: the segment is there, or asked of the origin, before it is needed", (_name, bytesPerMs) => {
    expect(watch((elapsedMs) => elapsedMs * bytesPerMs, 100_000, 100_000)).toBeLessThanOrEqual(neededAtMs);
  });

  test("a peer that becomes slow near the end holds playback up no longer than the origin would", () => {
    const slow = (elapsedMs: number) => Math.min(elapsedMs * 25, 98_750 + elapsedMs / 1_000);
    expect(watch(slow, 100_000, 100_000)).toBeLessThanOrEqual(neededAtMs + safeOriginMs(quickOrigin));
  });

  test("a segment larger than expected holds playback up no longer than the origin would", () => {
    const slow = (elapsedMs: number) => elapsedMs * 12;
    expect(watch(slow, 200_000, 50_000)).toBeLessThanOrEqual(neededAtMs + safeOriginMs(quickOrigin));
  });
});

describe("without peers", () => {
  const alone = casesWith({ transfer: undefined, isOffered: false }, { peers: 0, seeders: 0 });

  test("what the player asks for is fetched at once", () => {
    fc.assert(
      fc.property(alone, (it) => {
        const settled = {
          ...it,
          around: { ...it.around, isJoining: false },
          segment: { ...it.segment, isRequested: true },
        };
        expect(decide(settled)).toEqual({ at: "fetch", because: "alone" });
      }),
    );
  });

  test("a viewer who has just joined waits for peers until the last call", () => {
    fc.assert(
      fc.property(alone, (it) => {
        const joining = {
          ...it,
          around: { ...it.around, isJoining: true },
          segment: { ...it.segment, isRequested: true },
        };
        expect(firstFetch(joining)).toEqual({ atMs: Math.max(NOW_MS, lastCallMs(it)), because: "alone" });
      }),
    );
  });

  test("nothing is fetched ahead", () => {
    fc.assert(
      fc.property(alone, (it) => {
        const ahead = { ...it, segment: { ...it.segment, isRequested: false } };
        expect(decide(ahead)).toEqual({ at: "wait", untilMs: Number.POSITIVE_INFINITY });
      }),
    );
  });
});
