import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chooseLevel,
  estimatedKbps,
  type Level,
  learnBandwidth,
} from "../../../loadtest/simulate/bandwidth.js";

const LEVELS: readonly [Level, ...Level[]] = [
  { kbps: 400, rendition: 2 },
  { kbps: 1_000, rendition: 0 },
  { kbps: 3_000, rendition: 1 },
];

function learnt(loads: readonly { readonly kbps: number; readonly loadMs: number }[]): number {
  const known = { fastKbps: 0, slowKbps: 0, loadedS: 0 };
  for (const { kbps, loadMs } of loads) learnBandwidth(known, (kbps * loadMs) / 8, loadMs);
  return estimatedKbps(known);
}

test("before anything was loaded, the lowest level is chosen", () => {
  expect(chooseLevel(LEVELS, 0, learnt([])).kbps).toBe(400);
});

test("a first load counts in full, and the estimate stays within what was seen", () => {
  const load = fc.record({
    kbps: fc.double({ min: 10, max: 1e6, noNaN: true }),
    loadMs: fc.double({ min: 50, max: 30_000, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(load, { minLength: 1, maxLength: 20 }), (loads) => {
      const rates = loads.map(({ kbps }) => kbps);
      expect(learnt(loads.slice(0, 1))).toBeCloseTo(rates[0] as number, 3);
      expect(learnt(loads)).toBeGreaterThanOrEqual(Math.min(...rates) * (1 - 1e-6));
      expect(learnt(loads)).toBeLessThanOrEqual(Math.max(...rates) * (1 + 1e-6));
    }),
  );
});

test("a drop is believed sooner than a rise", () => {
  const steady = { kbps: 4_000, loadMs: 20_000 };
  const drop = 4_000 - learnt([steady, { kbps: 1_000, loadMs: 2_000 }]);
  const rise = learnt([steady, { kbps: 7_000, loadMs: 2_000 }]) - 4_000;
  expect(drop).toBeGreaterThan(rise);
});

test("a level above the present one needs more to spare than one that is kept", () => {
  expect(chooseLevel(LEVELS, 400, 1_300).kbps).toBe(400);
  expect(chooseLevel(LEVELS, 400, 1_500).kbps).toBe(1_000);
  expect(chooseLevel(LEVELS, 1_000, 1_100).kbps).toBe(1_000);
  expect(chooseLevel(LEVELS, 1_000, 1_000).kbps).toBe(400);
});

test("with little in the buffer of a VOD, a level that loads in time is chosen, or one that playback waits for a moment", () => {
  const choose = (bufferS: number) => chooseLevel(LEVELS, 1_000, 6_000, { segmentS: 10, bufferS }).kbps;
  expect([1, 2, 20].map(choose)).toEqual([400, 1_000, 3_000]);
  expect(choose(0)).toBe(1_000);
});
