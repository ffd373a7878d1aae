import { expect, test } from "vitest";
import { descendantsOf, parseProcessUsage } from "../../loadtest/bench/cpu.js";

test("a process' use is read past a name with spaces and parentheses", () => {
  const stat =
    "42 (chrome (deleted) x) S 7 42 42 0 -1 4194560 9 0 0 0 130 20 5 6 20 0 9 0 371333 3133440 409 18446744073709551615";
  expect(parseProcessUsage(stat)).toEqual({ pid: 42, parent: 7, startTicks: 371_333, usedTicks: 150 });
});

test("children of children belong to a process, others do not", () => {
  const processes = [
    [10, 1],
    [11, 10],
    [12, 11],
    [20, 1],
  ].map(([pid = 0, parent = 0]) => ({ pid, parent, startTicks: 0, usedTicks: 0 }));
  expect(descendantsOf(10, processes).map(({ pid }) => pid)).toEqual([11, 12]);
});
