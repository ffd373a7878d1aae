import fc from "fast-check";
import { expect, test } from "vitest";
import { Buckets } from "../../../tracker/live/buckets.js";

test("buckets hold what was added to each of the last stretches, and nothing older", () => {
  const step = fc.record({
    ahead: fc.integer({ min: 0, max: 12 }),
    column: fc.constantFrom(0, 1),
    value: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 6 }), (steps, length) => {
      const buckets = new Buckets({ columns: 2, length });
      const sums = new Map<string, number>();
      let bucket = 0;
      for (const { ahead, column, value } of steps) {
        bucket += ahead;
        buckets.add(bucket, column, value);
        sums.set(`${bucket}/${column}`, (sums.get(`${bucket}/${column}`) ?? 0) + value);
      }
      for (let old = 0; old <= bucket + 2; old++) {
        const isKept = old > bucket - length;
        for (const column of [0, 1]) {
          expect(buckets.at(old, column)).toBe(isKept ? (sums.get(`${old}/${column}`) ?? 0) : 0);
        }
      }
    }),
  );
});

test("what comes late is counted where it belongs, unless that is forgotten", () => {
  const buckets = new Buckets({ columns: 1, length: 3 });
  buckets.add(5, 0, 1);
  buckets.add(4, 0, 10);
  buckets.add(2, 0, 100);
  expect(buckets.sum(0, 0, 6)).toBe(11);
});
