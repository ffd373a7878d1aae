import fc from "fast-check";
import { expect, test } from "vitest";
import { PageChunks } from "../../../loadtest/simulate/page-chunks.js";

const NONE = -1;
const LISTS = 4;

type Entry = readonly [timeMs: number, order: number, kind: number, first: number, second: number];

const entry: fc.Arbitrary<Entry> = fc.tuple(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  // A run of days has no more events.
  fc.maxSafeNat().map((order) => order % 2 ** 44),
  fc.nat({ max: 255 }),
  fc.integer(),
  fc.integer(),
);

function byOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => a[1] - b[1] || a[0] - b[0] || a[2] - b[2] || a[3] - b[3] || a[4] - b[4]);
}

function empty(chunks: PageChunks, last: number): Entry[] {
  const out: Entry[] = [];
  for (let chunk = last; chunk !== NONE; ) chunk = chunks.empty(chunk, (...event) => out.push(event));
  return out;
}

test("each list gives back what was added to it since it was emptied last, and nothing else", () => {
  const adds = fc.array(entry, { maxLength: 60 });
  const steps = fc.array(fc.tuple(fc.nat({ max: LISTS - 1 }), adds, fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (list) => {
      const chunks = new PageChunks();
      const lasts: number[] = Array(LISTS).fill(NONE);
      const model: Entry[][] = Array.from({ length: LISTS }, () => []);
      for (const [which, entries, isEmptied] of list) {
        for (const event of entries) lasts[which] = chunks.add(lasts[which] as number, ...event);
        model[which]?.push(...entries);
        if (!isEmptied) continue;
        expect(byOrder(empty(chunks, lasts[which] as number))).toEqual(byOrder(model[which] as Entry[]));
        lasts[which] = NONE;
        model[which] = [];
      }
      for (const [which, last] of lasts.entries())
        expect(byOrder(empty(chunks, last))).toEqual(byOrder(model[which] as Entry[]));
    }),
  );
});

test("events go over to another list while theirs is emptied, also when there is no more memory for both", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (count) => {
      const chunks = new PageChunks();
      let from = NONE;
      let to = NONE;
      for (let order = 0; order < count; order++) from = chunks.add(from, order / 2, order, 7, order, -order);
      while (from !== NONE) {
        from = chunks.empty(from, (...event) => {
          to = chunks.add(to, ...event);
        });
      }
      const orders = empty(chunks, to).map(([, order]) => order);
      expect(orders.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, order) => order));
    }),
    { numRuns: 20 },
  );
});
