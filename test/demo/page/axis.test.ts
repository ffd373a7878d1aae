import fc from "fast-check";
import { expect, test } from "vitest";
import { axisTicks } from "../../../demo/page/axis.js";

test.each([
  [0, 20_000, [0, 5_000, 10_000, 15_000, 20_000]],
  [20_001, 20_000, [0, 10_000, 20_000, 30_000]],
  [100, 1, [0, 50, 100]],
  [7, 1, [0, 2, 4, 6, 8]],
  [1_000, 1, [0, 500, 1_000]],
  [400_000, 1, [0, 100_000, 200_000, 300_000, 400_000]],
])("values up to %d, on an axis up to %d at least: %j", (max, smallest, ticks) => {
  expect(axisTicks(max, smallest)).toEqual(ticks);
});

test("an axis begins at 0, reaches the largest value, and has two to five round, evenly spaced ticks", () => {
  const values = fc.oneof(fc.nat({ max: 1e9 }), fc.double({ min: 0, max: 1e12, noNaN: true }));
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1e6 }), (max, smallest) => {
      const ticks = axisTicks(max, smallest);
      const [first, step = 0] = ticks;
      expect(first).toBe(0);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(max, smallest) * (1 - 1e-12));
      expect(step.toExponential(6)).toMatch(/^(1|2|5)\.000000e/);
      for (const [index, tick] of ticks.entries()) expect(tick).toBeCloseTo(index * step, 6);
    }),
    { numRuns: 1_000 },
  );
});
