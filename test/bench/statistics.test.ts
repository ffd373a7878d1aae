import { describe, expect, test } from "vitest";
import { mean, median, percentile } from "../../loadtest/bench/statistics.js";

describe("the median", () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9], 9.5],
    [[7], 7],
    [[], null],
  ])("of %j is %j", (numbers, expected) => expect(median(numbers)).toBe(expected));
});

describe("the 95th percentile", () => {
  test.each([
    [Array.from({ length: 100 }, (_, index) => 100 - index), 95],
    [[1, 1, 1, 8], 8],
    [[5], 5],
    [[], null],
  ])("of %j is %j", (numbers, expected) => expect(percentile(numbers, 0.95)).toBe(expected));
});

test("there is no mean of nothing", () => expect(mean([])).toBeNull());
