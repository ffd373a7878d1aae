import fc from "fast-check";
import { expect, test } from "vitest";
import type { Flow } from "../../../loadtest/simulate/links.js";
import { type Want, WantPool } from "../../../loadtest/simulate/want.js";

function propertiesOf(want: Want) {
  const { segment, knownAtMs, dueAtMs, restUntilMs, rank, rankOf, fetch, transfer, promisedAtMs } = want;
  const { isOffered, isRequested, isOld, hasTimeForPeers, isFetchedForRequest } = want;
  const numbers = { segment, knownAtMs, dueAtMs, restUntilMs, rank, rankOf, promisedAtMs };
  const refusedBy = [...(want.refusedBy ?? [])];
  return {
    ...numbers,
    refusedBy,
    fetch,
    transfer,
    isOffered,
    isRequested,
    isOld,
    hasTimeForPeers,
    isFetchedForRequest,
  };
}

/** As a want is when a viewer has gone through everything with it. */
function wearOut(want: Want): void {
  Object.assign(want, { dueAtMs: 1, restUntilMs: 2, rank: 3, rankOf: 4, promisedAtMs: 5 });
  Object.assign(want, {
    isOffered: true,
    isRequested: true,
    hasTimeForPeers: false,
    isFetchedForRequest: true,
  });
  Object.assign(want, { fetch: {} as Flow, transfer: {} as Flow, refusedBy: new Set([6]) });
}

test("a want that was used before is as good as new", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.boolean(), (segment, knownAtMs, isOld) => {
      const fresh = propertiesOf(new WantPool().take(segment, knownAtMs, isOld));
      const pool = new WantPool();
      const worn = pool.take(1, 2, !isOld);
      wearOut(worn);
      pool.giveBack(worn);
      const again = pool.take(segment, knownAtMs, isOld);
      expect(again).toBe(worn);
      expect(propertiesOf(again)).toEqual(fresh);
    }),
  );
});

test("nobody else changes a want that is not given back", () => {
  // Of these numbers, more than share a piece of memory; or else every other is given back.
  const steps = fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.boolean()), { maxLength: 8 });
  fc.assert(
    fc.property(steps, (list) => {
      const pool = new WantPool();
      const kept: { want: Want; segment: number }[] = [];
      let segment = 0;
      for (const [count, areGivenBack] of list) {
        for (let each = 0; each < count; each++) {
          const want = pool.take(++segment, segment / 2, false);
          kept.push({ want, segment });
        }
        if (areGivenBack) for (const { want } of kept.splice(0, kept.length / 2)) pool.giveBack(want);
      }
      expect(new Set(kept.map(({ want }) => want)).size).toBe(kept.length);
      const changed = kept.filter(
        ({ want, segment }) => want.segment !== segment || want.knownAtMs !== segment / 2,
      );
      expect(changed).toEqual([]);
    }),
    { numRuns: 30 },
  );
});
