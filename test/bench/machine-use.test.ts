import { expect, test } from "vitest";
import { MachineUse } from "../../loadtest/bench/machine-use.js";

function useOf(looks: readonly (readonly [atMs: number, busyMs: number])[]): MachineUse {
  const use = new MachineUse();
  for (const look of looks) use.look(...look);
  return use;
}

test("the cores used in a part of a run are those between the looks in it", () => {
  const use = useOf([
    [1_000, 500],
    [2_000, 1_000],
    [3_000, 3_000],
    [4_000, 4_900],
    [5_000, 5_000],
  ]);
  expect(use.coresBetween(1_500, 4_500)).toBeCloseTo(1.95);
  expect(use.coresBetween(0, 9_000)).toBeCloseTo(1.125);
});

test("nothing is told of a part with fewer than two looks", () => {
  expect(useOf([[1_000, 500]]).coresBetween(0, 9_000)).toBeNull();
  expect(useOf([]).coresBetween(0, 9_000)).toBeNull();
});
