import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeOriginMs } from "../../../player/policy/origin-time.js";
import {
  amongThree,
  type Case,
  casesWith,
  decide,
  firstFetch,
  lastCallMs,
  MARGIN_MS,
  NOW_MS,
  quickOrigin,
  waiting,
  wide,
} from "../../support/fetch-cases.js";

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
    expect(decide({ segment, around: amongThree, origin: quickOrigin })).toEqual(expected);
  });
});
