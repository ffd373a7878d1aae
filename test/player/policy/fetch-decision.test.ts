import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideFetch,
  type FetchDecision,
  leavesTimeForPeers,
  type Neighbourhood,
  type SegmentView,
  type Transfer,
} from "../../../player/policy/fetch-decision.js";
import { type OriginTime, safeOriginMs } from "../../../player/policy/origin-time.js";

const NOW_MS = 1_000_000;
/** What the policy keeps free before a segment is needed. */
const MARGIN_MS = 450;

interface Case {
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
const cases: fc.Arbitrary<Case> = fc
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

function casesWith(view: Partial<SegmentView>, around: Partial<Neighbourhood> = {}): fc.Arbitrary<Case> {
  return cases.map((it) => ({
    ...it,
    segment: { ...it.segment, ...view },
    around: { ...it.around, ...around },
  }));
}

const requested = casesWith({ isRequested: true, transfer: undefined });
const wide = { isNarrow: false };
const waiting = casesWith({ transfer: undefined, isOffered: false }, wide);

const lateness = fc.oneof(fc.constant(0), fc.nat({ max: 5_000 }));

function lastCallMs({ segment, origin }: Case): number {
  return segment.neededAtMs - safeOriginMs(origin) - MARGIN_MS;
}

function decide(it: Case, nowMs = NOW_MS): FetchDecision {
  return decideFetch(it.segment, it.around, it.origin, nowMs);
}

interface Fetch {
  readonly atMs: number;
  readonly because: string | undefined;
}

/** Looks when the policy says so until it fetches; `Infinity` where it has not long after the segment was needed. */
function firstFetch(it: Case, fromMs = NOW_MS): Fetch {
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
  const around = {
    seeders: 3,
    peers: 3,
    isJoining: false,
    learnSpreadMs: 2_000,
    showMs: 80,
    transferMs: 0,
    isNarrow: false,
  };
  const origin = { meanMs: 400, deviationMs: 50, firstByteMs: 50, bytesPerMs: 500 };
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
      const decision = decide({ segment, around, origin }, nowMs);
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
    expect(watch(slow, 100_000, 100_000)).toBeLessThanOrEqual(neededAtMs + safeOriginMs(origin));
  });

  test("a segment larger than expected holds playback up no longer than the origin would", () => {
    const slow = (elapsedMs: number) => elapsedMs * 12;
    expect(watch(slow, 200_000, 50_000)).toBeLessThanOrEqual(neededAtMs + safeOriginMs(origin));
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

describe("ranks", () => {
  test("rank 0 fetches what nobody has shown as soon as others had the time to show it", () => {
    fc.assert(
      fc.property(waiting, (it) => {
        const { segment, around } = it;
        const fetch = firstFetch({ ...it, segment: { ...segment, rank: 0 } });
        expect(fetch.atMs).toBeLessThanOrEqual(Math.max(NOW_MS, segment.knownAtMs + around.showMs));
        if (fetch.atMs < lastCallMs(it)) expect(fetch.because).toBe("elected");
      }),
    );
  });

  test("a higher rank never comes before a lower one, and viewers that may not seed come last", () => {
    fc.assert(
      fc.property(casesWith({ transfer: undefined }), (it) => {
        const { segment, around } = it;
        const times = [...Array(around.seeders + 1).keys(), Number.POSITIVE_INFINITY].map(
          (rank) => firstFetch({ ...it, segment: { ...segment, rank } }).atMs,
        );
        expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      }),
    );
  });

  test("a backup steps in only after its forerunner could have learnt of the segment, fetched and shown it", () => {
    fc.assert(
      fc.property(waiting, fc.integer({ min: 1, max: 20 }), (it, rank) => {
        const { segment, around, origin } = it;
        fc.pre(rank <= around.seeders);
        const { atMs, because } = firstFetch({ ...it, segment: { ...segment, rank } });
        const hadTimeAtMs = segment.knownAtMs + around.showMs + around.learnSpreadMs + safeOriginMs(origin);
        const fallbackMs = lastCallMs(it) - segment.durationMs / 2;
        expect(atMs).toBeGreaterThanOrEqual(Math.min(hadTimeAtMs, fallbackMs));
        expect(because).not.toBe("elected");
      }),
    );
  });

  /** The latest moment at which a transfer may begin. */
  const tooLateMs = ({ segment, around }: Case) => segment.neededAtMs - MARGIN_MS / 2 - around.transferMs;

  test("a segment that a peer has is left to it until the fallback or until it could not make it any more, by every rank", () => {
    fc.assert(
      fc.property(casesWith({ isOffered: true, transfer: undefined }, wide), (it) => {
        const fallbackMs = lastCallMs(it) - it.segment.durationMs / 2;
        const leftUntilMs = it.segment.isRequested ? Math.min(fallbackMs, tooLateMs(it)) : fallbackMs;
        expect(firstFetch(it).atMs).toBeGreaterThanOrEqual(leftUntilMs);
      }),
    );
  });

  test("a requested segment whose peers are busy is fetched once a transfer would come too late", () => {
    const busy = casesWith({ isOffered: true, isRequested: true, transfer: undefined }, wide);
    fc.assert(
      fc.property(busy, (it) => {
        expect(firstFetch(it).atMs).toBeLessThanOrEqual(Math.max(NOW_MS, tooLateMs(it)));
      }),
    );
  });

  test("a viewer that may not seed asks the origin at the last call, not before", () => {
    fc.assert(
      fc.property(
        casesWith(
          { rank: Number.POSITIVE_INFINITY, transfer: undefined },
          { ...{ ...wide, transferMs: 0 }, transferMs: 0 },
        ),
        (it) => {
          const { atMs } = firstFetch(it);
          if (it.segment.isRequested) expect(atMs).toBe(Math.max(NOW_MS, lastCallMs(it)));
          else expect(atMs).toBe(Number.POSITIVE_INFINITY);
        },
      ),
    );
  });

  test("past its last call a segment that nobody asks for is fetched by the elected one alone", () => {
    fc.assert(
      fc.property(
        casesWith({ isRequested: false, transfer: undefined }),
        fc.nat({ max: 20_000 }),
        (it, lateMs) => {
          const nowMs = Math.max(NOW_MS, lastCallMs(it)) + lateMs;
          expect(decide(it, nowMs).at).toBe(it.segment.rank === 0 ? "fetch" : "wait");
        },
      ),
    );
  });

  test("nobody fetches ahead while playback is paused, but those whose turn it is", () => {
    fc.assert(
      fc.property(casesWith({ isRequested: false, neededAtMs: Number.POSITIVE_INFINITY }), (it) => {
        const decision = decide(it);
        if (decision.at === "fetch") expect(["elected", "backup"]).toContain(decision.because);
        if (decision.at === "fetch") expect(it.segment.isOffered).toBe(false);
        if (decision.at === "wait") expect(decision.untilMs).not.toBeNaN();
      }),
    );
  });

  test.each([
    // rank, knownAt, neededAt, offered, expected; times relative to now, in ms
    ["the elected one has just learnt of it", 0, 0, 10_000, false, { at: "wait", untilMs: NOW_MS + 80 }],
    ["the elected one has waited for others", 0, -80, 10_000, false, { at: "fetch", because: "elected" }],
    [
      "the elected one leaves it to who has it",
      0,
      -80,
      10_000,
      true,
      { at: "wait", untilMs: NOW_MS + 7_950 },
    ],
    ["the first backup waits", 1, 0, 10_000, false, { at: "wait", untilMs: NOW_MS + 2_680 }],
    ["the first backup steps in", 1, -2_680, 10_000, false, { at: "fetch", because: "backup" }],
    ["the second one waits longer", 2, -2_680, 10_000, false, { at: "wait", untilMs: NOW_MS + 1_000 }],
    ["the last call has come", 3, -9_000, 900, true, { at: "fetch", because: "deadline" }],
    ["playback waits", 3, -9_000, 0, true, { at: "fetch", because: "urgent" }],
  ])("%s", (_name, rank, knownInMs, neededInMs, isOffered, expected) => {
    const segment = {
      knownAtMs: NOW_MS + knownInMs,
      neededAtMs: NOW_MS + neededInMs,
      durationMs: 2_000,
      isRequested: true,
      rank,
      isOffered,
      transfer: undefined,
    };
    const around = {
      seeders: 3,
      peers: 3,
      isJoining: false,
      learnSpreadMs: 2_000,
      showMs: 80,
      transferMs: 0,
      isNarrow: false,
    };
    const origin = { meanMs: 400, deviationMs: 50, firstByteMs: 50, bytesPerMs: 500 };
    expect(decide({ segment, around, origin })).toEqual(expected);
  });
});

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
