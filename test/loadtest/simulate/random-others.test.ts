import fc from "fast-check";
import { expect, test } from "vitest";
import { randomOthers } from "../../../loadtest/simulate/random-others.js";

test("a peer is introduced to as many different others as there are, never to itself", () => {
  const place = fc
    .integer({ min: 1, max: 60 })
    .chain((size) => fc.record({ size: fc.constant(size), self: fc.integer({ min: 0, max: size - 1 }) }));
  const chance = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
  fc.assert(
    fc.property(place, fc.integer({ min: 0, max: 12 }), chance, (neighbourhood, count, numbers) => {
      const chosen = randomOthers(neighbourhood, count, () => numbers.next().value);
      expect(chosen).toHaveLength(Math.min(count, neighbourhood.size - 1));
      expect(new Set(chosen).size).toBe(chosen.length);
      for (const number of chosen) {
        expect(number).not.toBe(neighbourhood.self);
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(neighbourhood.size);
      }
    }),
  );
});

test("all others are equally likely", () => {
  // A stride of the golden ratio visits [0, 1) evenly, so that counts are exact up to a few.
  let position = 0;
  const random = () => {
    position = (position + 0.618_033_988_749_895) % 1;
    return position;
  };
  const times = new Array<number>(10).fill(0);
  for (let round = 0; round < 9000; round++) {
    for (const number of randomOthers({ size: 10, self: 3 }, 1, random))
      times[number] = (times[number] ?? 0) + 1;
  }
  expect(times[3]).toBe(0);
  for (const [number, count] of times.entries()) {
    if (number !== 3) expect(Math.abs(count - 1000)).toBeLessThan(20);
  }
});

test("the number of draws does not depend on the size of the swarm", () => {
  for (const size of [20, 1_000_000]) {
    let draws = 0;
    randomOthers({ size, self: 0 }, 10, () => {
      draws += 1;
      return 0.5;
    });
    expect(draws).toBe(10);
  }
});
