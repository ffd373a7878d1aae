import fc from "fast-check";
import { expect, test } from "vitest";
import { learnUplink } from "../../../player/policy/uplink-measurement.js";

const rates = fc.double({ min: 0, max: 1e6, noNaN: true });
const bytes = fc.integer({ min: 0, max: 50_000_000 });
const durations = fc.integer({ min: 0, max: 20_000 });

test.each([
  [
    "the first upload that had to wait counts as it is",
    0,
    { bytes: 100_000, elapsedMs: 1_000, wasBusy: true },
    100,
  ],
  ["later ones count for a quarter", 100, { bytes: 300_000, elapsedMs: 1_000, wasBusy: true }, 150],
  ["slower ones, too", 100, { bytes: 20_000, elapsedMs: 1_000, wasBusy: true }, 80],
  [
    "one that was slow in spite of its burst does",
    100,
    { bytes: 60_000, elapsedMs: 1_000, wasBusy: false },
    80,
  ],
  [
    "one that was fast even without its burst does",
    100,
    { bytes: 300_000, elapsedMs: 1_000, wasBusy: false },
    185,
  ],
  [
    "one that may owe it to its burst changes nothing",
    100,
    { bytes: 105_000, elapsedMs: 1_000, wasBusy: false },
    100,
  ],
  ["a burst after a rest does not count", 100, { bytes: 300_000, elapsedMs: 200, wasBusy: false }, 100],
  [
    "while nothing is known, a long upload counts without its burst",
    0,
    { bytes: 200_000, elapsedMs: 2_000, wasBusy: false },
    90,
  ],
  ["a short one after a rest does not", 0, { bytes: 300_000, elapsedMs: 200, wasBusy: false }, 0],
  ["what buffers took over does not count", 100, { bytes: 300_000, elapsedMs: 20, wasBusy: true }, 100],
  [
    "one that leaves open how much has left changes nothing that it allows",
    100,
    { bytes: 50_000, mostBytes: 200_000, elapsedMs: 1_000, wasBusy: true },
    100,
  ],
  [
    "it says that the uplink carries no more than all of it",
    300,
    { bytes: 50_000, mostBytes: 200_000, elapsedMs: 1_000, wasBusy: true },
    275,
  ],
  [
    "and no less than what is sure",
    10,
    { bytes: 50_000, mostBytes: 200_000, elapsedMs: 1_000, wasBusy: true },
    20,
  ],
  [
    "while nothing is known, what is sure counts",
    0,
    { bytes: 50_000, mostBytes: 200_000, elapsedMs: 1_000, wasBusy: true },
    50,
  ],
  ["nothing does not count", 100, { bytes: 0, elapsedMs: 1_000, wasBusy: true }, 100],
])("%s", (_claim, known, sample, expected) => {
  expect(learnUplink({ bytesPerMs: known, isConfirmed: true }, sample).bytesPerMs).toBe(expected);
});

test.each([
  ["fast ones count for a half", { bytes: 300_000, elapsedMs: 1_000, wasBusy: false }, 185, false],
  ["slow ones, too", { bytes: 60_000, elapsedMs: 1_000, wasBusy: false }, 80, false],
  [
    "the first in use counts as much as all of them",
    { bytes: 20_000, elapsedMs: 1_000, wasBusy: true },
    60,
    true,
  ],
])("of uploads that found the uplink at rest: %s", (_claim, sample, bytesPerMs, isConfirmed) => {
  expect(learnUplink({ bytesPerMs: 100, isConfirmed: false }, sample)).toEqual({ bytesPerMs, isConfirmed });
});

test("a capacity lies between what was known and what was seen", () => {
  fc.assert(
    fc.property(
      rates,
      fc.boolean(),
      bytes,
      durations,
      fc.boolean(),
      (known, isConfirmed, size, elapsedMs, wasBusy) => {
        const sample = size / Math.max(1, elapsedMs);
        const { bytesPerMs: capacity } = learnUplink(
          { bytesPerMs: known, isConfirmed },
          { bytes: size, elapsedMs, wasBusy },
        );
        if (known > 0) expect(capacity).toBeGreaterThanOrEqual(Math.min(sample, known) * (1 - 1e-9));
        expect(capacity).toBeLessThanOrEqual(Math.max(sample, known) * (1 + 1e-9));
      },
    ),
  );
});
