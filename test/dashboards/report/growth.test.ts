import fc from "fast-check";
import { expect, test } from "vitest";
import { growth } from "../../../dashboards/report/growth.js";

test("a counter grows by what was added to it, whenever its process started anew", () => {
  const step = fc.record({ adds: fc.nat(1000), restarts: fc.boolean() });
  fc.assert(
    fc.property(fc.nat(1000), fc.array(step), (start, steps) => {
      let value = start;
      let added = 0;
      const samples = steps.map(({ adds, restarts }) => {
        // A restart that does not show in the value is somebody else's test.
        if (restarts && adds < value) value = 0;
        value += adds;
        added += adds;
        return value;
      });
      expect(growth(start, samples, false)).toBe(added);
    }),
  );
});

test("a restart that no sample shows counts what the new process has counted", () => {
  expect(growth(100, [150], true)).toBe(150);
  expect(growth(100, [30, 40], true)).toBe(40);
  expect(growth(100, [], true)).toBe(0);
});
