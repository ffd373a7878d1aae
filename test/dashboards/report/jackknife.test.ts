import { expect, test } from "vitest";
import { jackknife, LEAST_BLOCKS, studentQuantile } from "../../../dashboards/report/jackknife.js";

/** Mulberry32: chance that is the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("the interval covers the true ratio in about 95 of 100 periods", () => {
  const random = chance(7);
  const periods = 400;
  let covered = 0;
  for (let period = 0; period < periods; period += 1) {
    // Stalls in proportion to time watched, 2 % on average, with much chance in both.
    const watched = Array.from({ length: 24 }, () => 50 + 100 * random());
    const stalled = watched.map((seconds) => seconds * 0.04 * random());
    const estimate = jackknife(24, (without) => {
      const sum = (numbers: number[]) =>
        numbers.reduce((all, number, block) => (block === without ? all : all + number), 0);
      return sum(stalled) / sum(watched);
    });
    if (estimate !== null && estimate.low <= 0.02 && estimate.high >= 0.02) covered += 1;
  }
  expect(covered / periods).toBeGreaterThan(0.91);
  expect(covered / periods).toBeLessThan(0.985);
});

test("few blocks tell nothing", () => {
  expect(jackknife(LEAST_BLOCKS - 1, () => 1)).toBeNull();
  expect(jackknife(LEAST_BLOCKS, () => null)).toBeNull();
});

test.each([
  [9, 2.262],
  [23, 2.069],
  [47, 2.012],
])("Student's quantile with %d degrees of freedom is that of the tables", (degrees, quantile) => {
  expect(studentQuantile(degrees)).toBeCloseTo(quantile, 3);
});
