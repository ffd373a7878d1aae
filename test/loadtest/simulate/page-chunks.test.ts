import fc from "fast-check";
import { expect, test } from "vitest";
import { PageChunks } from "../../../loadtest/simulate/page-chunks.js";

const NONE = -1;
const LISTS = 4;

type Entry = readonly [timeMs: number, kind: number, first: number, second: number];

const entry: fc.Arbitrary<Entry> = fc.tuple(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.nat({ max: 31 }),
  fc.nat({ max: 2 ** 26 - 1 }),
  fc.integer(),
);

function empty(chunks: PageChunks, last: number): Entry[] {
  const out: Entry[] = [];
  chunks.empty(last, (...event) => out.push(event));
  return out;
}

test("each list gives back what was added to it since it was emptied last, in that order, and nothing else", () => {
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
        expect(empty(chunks, lasts[which] as number)).toEqual(model[which]);
        lasts[which] = NONE;
        model[which] = [];
      }
      for (const [which, last] of lasts.entries()) expect(empty(chunks, last)).toEqual(model[which]);
    }),
  );
});

test("events go over to another list while theirs is emptied, also when there is no more memory for both", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), (count) => {
      const chunks = new PageChunks();
      let from = NONE;
      let to = NONE;
      for (let number = 0; number < count; number++) from = chunks.add(from, number / 2, 7, number, -number);
      chunks.empty(from, (...event) => {
        to = chunks.add(to, ...event);
      });
      const numbers = empty(chunks, to).map(([, , first]) => first);
      expect(numbers).toEqual(Array.from({ length: count }, (_, number) => number));
    }),
    { numRuns: 20 },
  );
});
