import fc from "fast-check";
import { expect } from "vitest";
import {
  decideFetch,
  type FetchDecision,
  type Neighbourhood,
  type SegmentView,
  type Transfer,
} from "../../player/policy/fetch-decision.js";
import { type OriginTime, safeOriginMs } from "../../player/policy/origin-time.js";

export const NOW_MS = 1_000_000;
/** What the policy keeps free before a segment is needed. */
export const MARGIN_MS = 450;

export interface Case {
  readonly segment: SegmentView;
  readonly around: Neighbourhood;
  readonly origin: OriginTime;
}

const origins: fc.Arbitrary<OriginTime> = fc.record({
  meanMs: fc.integer({ min: 1, max: 5_000 }),
  deviationMs: fc.integer({ min: 0, max: 2_000 }),
  firstByteMs: fc.integer({ min: 0, max: 500 }),
  bytesPerMs: fc.integer({ min: 0, max: 10_000 }),
});

const transfers: fc.Arbitrary<Transfer> = fc.record({
  lastMovedAtMs: fc.integer({ min: -3_000, max: 0 }).map((ago) => NOW_MS + ago),
  loadedBytes: fc.integer({ min: 0, max: 500_000 }),
  totalBytes: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: undefined }),
  bytesPerMs: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 5_000, noNaN: true })),
  promisedAtMs: fc.constant(undefined),
});

/** A viewer with peers; its own rank fits the number of seeders around it. */
export const cases: fc.Arbitrary<Case> = fc
  .record({
    origin: origins,
    seeders: fc.integer({ min: 0, max: 20 }),
    leeches: fc.integer({ min: 0, max: 5 }),
    isJoining: fc.boolean(),
    learnSpreadMs: fc.integer({ min: 0, max: 20_000 }),
    isNarrow: fc.boolean(),
    showMs: fc.integer({ min: 0, max: 250 }),
    transferMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000 })),
    rank: fc.oneof(fc.nat({ max: 20 }), fc.constant(Number.POSITIVE_INFINITY)),
    // Known after now: what it knew before its first peer settles for a while.
    knownInMs: fc.integer({ min: -20_000, max: 1_500 }),
    neededInMs: fc.integer({ min: -5_000, max: 60_000 }),
    durationMs: fc.integer({ min: 100, max: 10_000 }),
    isRequested: fc.boolean(),
    isOffered: fc.boolean(),
    transfer: fc.option(transfers, { nil: undefined }),
  })
  .map(({ origin, seeders, leeches, rank, knownInMs, neededInMs, ...rest }) => ({
    origin,
    around: {
      seeders,
      peers: Math.max(1, seeders + leeches),
      isJoining: rest.isJoining,
      learnSpreadMs: rest.learnSpreadMs,
      isNarrow: rest.isNarrow,
      showMs: rest.showMs,
      transferMs: rest.transferMs,
    },
    segment: {
      knownAtMs: NOW_MS + knownInMs,
      neededAtMs: NOW_MS + neededInMs,
      durationMs: rest.durationMs,
      isRequested: rest.isRequested,
      rank: Number.isFinite(rank) ? Math.min(rank, seeders) : rank,
      isOffered: rest.isOffered,
      transfer: rest.transfer,
    },
  }));

export function casesWith(
  view: Partial<SegmentView>,
  around: Partial<Neighbourhood> = {},
): fc.Arbitrary<Case> {
  return cases.map((it) => ({
    ...it,
    segment: { ...it.segment, ...view },
    around: { ...it.around, ...around },
  }));
}

export const requested = casesWith({ isRequested: true, transfer: undefined });
export const wide = { isNarrow: false };
export const waiting = casesWith({ transfer: undefined, isOffered: false }, wide);

/** Three peers that may seed, and an origin that takes at most 600 ms. */
export const amongThree: Neighbourhood = {
  seeders: 3,
  peers: 3,
  isJoining: false,
  learnSpreadMs: 2_000,
  showMs: 80,
  transferMs: 0,
  isNarrow: false,
};
export const quickOrigin: OriginTime = { meanMs: 400, deviationMs: 50, firstByteMs: 50, bytesPerMs: 500 };

export const lateness = fc.oneof(fc.constant(0), fc.nat({ max: 5_000 }));

export function lastCallMs({ segment, origin }: Case): number {
  return segment.neededAtMs - safeOriginMs(origin) - MARGIN_MS;
}

export function decide(it: Case, nowMs = NOW_MS): FetchDecision {
  return decideFetch(it.segment, it.around, it.origin, nowMs);
}

interface Fetch {
  readonly atMs: number;
  readonly because: string | undefined;
}

/** Looks when the policy says so until it fetches; `Infinity` where it has not long after the segment was needed. */
export function firstFetch(it: Case, fromMs = NOW_MS): Fetch {
  let nowMs = fromMs;
  const giveUpAtMs = Math.max(fromMs, it.segment.neededAtMs) + 10_000;
  while (nowMs <= giveUpAtMs) {
    const decision = decide(it, nowMs);
    if (decision.at === "fetch") return { atMs: nowMs, because: decision.because };
    expect(decision.untilMs).toBeGreaterThan(nowMs);
    nowMs = decision.untilMs;
  }
  return { atMs: Number.POSITIVE_INFINITY, because: undefined };
}
