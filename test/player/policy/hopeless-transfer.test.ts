import fc from "fast-check";
import { expect, test } from "vitest";
import { decideFetch } from "../../../player/policy/fetch-decision.js";
import { isHopeless } from "../../../player/policy/hopeless-transfer.js";

const NOW_MS = 1_000_000;
const ORIGIN = { meanMs: 400, deviationMs: 100, firstByteMs: 50, bytesPerMs: 1_000 };

/** A transfer of 100 bytes per millisecond, which has moved for `movedMs`. */
function transferOf({ movedMs, leftMs }: { movedMs: number; leftMs: number }) {
  return {
    lastMovedAtMs: NOW_MS,
    loadedBytes: movedMs * 100,
    totalBytes: (movedMs + leftMs) * 100,
    bytesPerMs: 100,
    promisedAtMs: undefined,
  };
}

test.each([
  ["takes twice the time that is left", { movedMs: 1_000, leftMs: 4_000 }, 2_000, true],
  ["is a little late", { movedMs: 1_000, leftMs: 2_500 }, 2_000, false],
  ["has hardly begun", { movedMs: 900, leftMs: 40_000 }, 2_000, false],
  ["ends before the origin could help a waiting playback", { movedMs: 1_000, leftMs: 500 }, -100, false],
  ["keeps a playback waiting for longer", { movedMs: 1_000, leftMs: 700 }, -100, true],
  ["nobody waits for", { movedMs: 1_000, leftMs: 40_000 }, Number.POSITIVE_INFINITY, false],
])("a transfer that %s", (_what, pace, neededInMs, expected) => {
  const segment = { transfer: transferOf(pace), neededAtMs: NOW_MS + neededInMs };
  expect(isHopeless(segment, ORIGIN, NOW_MS)).toBe(expected);
});

test("a transfer of unknown size, or without a byte yet, is not judged", () => {
  const transfer = transferOf({ movedMs: 1_000, leftMs: 40_000 });
  for (const unknown of [{ totalBytes: undefined }, { loadedBytes: 0, bytesPerMs: 0 }]) {
    const segment = { transfer: { ...transfer, ...unknown }, neededAtMs: NOW_MS };
    expect(isHopeless(segment, ORIGIN, NOW_MS)).toBe(false);
  }
});

test("what is given up is nothing that the fetch policy would have waited for", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1_000, max: 20_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.integer({ min: -2_000, max: 30_000 }),
      (movedMs, leftMs, neededInMs) => {
        const transfer = transferOf({ movedMs, leftMs });
        const segment = {
          knownAtMs: NOW_MS - movedMs,
          neededAtMs: NOW_MS + neededInMs,
          durationMs: 4_000,
          isRequested: true,
          rank: 0,
          isOffered: true,
          transfer,
        };
        const around = {
          peers: 3,
          seeders: 3,
          isJoining: false,
          learnSpreadMs: 4_000,
          showMs: 80,
          transferMs: 0,
          isNarrow: false,
        };
        fc.pre(isHopeless(segment, ORIGIN, NOW_MS));
        const withTransfer = decideFetch(segment, around, ORIGIN, NOW_MS);
        const without = decideFetch({ ...segment, transfer: undefined }, around, ORIGIN, NOW_MS);
        expect(withTransfer).toEqual(without);
      },
    ),
  );
});
