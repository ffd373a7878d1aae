import fc from "fast-check";
import { expect, test } from "vitest";
import { areaPath } from "../../../demo/page/area-path.js";

test("a path goes along the tops and back along the bottoms", () => {
  const stripes = [
    { x: 0, top: 10, bottom: 100 },
    { x: 50.04, top: 20.06, bottom: 90 },
    { x: 100, top: 30, bottom: 80 },
  ];
  expect(areaPath(stripes)).toBe("M0,10L50,20.1L100,30L100,80L50,90L0,100Z");
});

test("without stripes there is nothing to draw", () => {
  expect(areaPath([])).toBe("");
});

test("a path is closed, and passes each stripe twice at its x", () => {
  const pixels = fc.integer({ min: -10_000, max: 10_000 }).map((tenths) => tenths / 10);
  const stripes = fc.array(fc.record({ x: pixels, top: pixels, bottom: pixels }), { minLength: 1 });
  fc.assert(
    fc.property(stripes, (list) => {
      const path = areaPath(list);
      expect(path).toMatch(/^M[^MZ]+Z$/);
      const points = path
        .slice(1, -1)
        .split("L")
        .map((point) => point.split(",").map(Number));
      const there = list.map(({ x, top }) => [x, top]);
      const back = list.map(({ x, bottom }) => [x, bottom]).reverse();
      // Text knows no negative zero.
      expect(points).toEqual([...there, ...back].map((point) => point.map((value) => value + 0 || 0)));
    }),
  );
});
