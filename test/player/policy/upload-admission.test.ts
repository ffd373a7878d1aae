import fc from "fast-check";
import { expect, test } from "vitest";
import {
  admitUpload,
  isUselessUplink,
  learnBitrate,
  MAX_UPLOADS,
  verdictLastsMs,
} from "../../../player/policy/upload-admission.js";

const rates = fc.double({ min: 0, max: 1e6, noNaN: true });
const bytes = fc.integer({ min: 0, max: 50_000_000 });
const BUFFER_MS = 10_000;
const durations = fc.integer({ min: 0, max: 20_000 });

/** How many uploads of this kind are let in at once. */
function slots(bytesPerMs: number, segmentBytes: number, durationMs: number): number {
  let active = 0;
  while (
    active < 100 &&
    admitUpload({ active, bytesPerMs, isProven: true, witnesses: 2 }, segmentBytes, durationMs, BUFFER_MS)
  )
    active++;
  return active;
}

test("there is one upload at least where the uplink carries the stream, and never more than the limit", () => {
  fc.assert(
    fc.property(rates, bytes, durations, (rate, size, durationMs) => {
      const count = slots(rate, size, durationMs);
      if (size < rate * durationMs * 0.999) expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(MAX_UPLOADS);
    }),
  );
});

test("an upload that fills the uplink waits until its viewer has something in the buffer, one that is too long for ever", () => {
  const positiveRates = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  // Clear of the limits, where rounding decides.
  const shares = fc.constantFrom(0.1, 0.49, 0.51, 0.99, 1.01, 10);
  fc.assert(
    fc.property(
      positiveRates,
      durations.filter((durationMs) => durationMs > 0),
      shares,
      fc.nat({ max: 20_000 }),
      (rate, durationMs, share, bufferMs) => {
        const uplink = { active: 0, bytesPerMs: rate, isProven: true, witnesses: 2 };
        const isAdmitted = admitUpload(uplink, share * rate * durationMs, durationMs, bufferMs);
        expect(isAdmitted).toBe(share < 1 && (share <= 0.5 || bufferMs >= 4_000));
      },
    ),
  );
});

test("before the uplink is measured, a single upload tries it, however narrow it may be", () => {
  const uplink = { bytesPerMs: 1, isProven: false, witnesses: 0 };
  expect(admitUpload({ ...uplink, active: 0 }, 250_000, 2_000, BUFFER_MS)).toBe(true);
  expect(admitUpload({ ...uplink, active: 1 }, 250_000, 2_000, BUFFER_MS)).toBe(false);
});

test("one slow upload is not the uplink's word: the next goes alone, with something in the buffer", () => {
  const uplink = { bytesPerMs: 30, isProven: false, witnesses: 1 };
  expect(admitUpload({ ...uplink, active: 0 }, 250_000, 2_000, 4_000)).toBe(true);
  expect(admitUpload({ ...uplink, active: 1 }, 250_000, 2_000, BUFFER_MS)).toBe(false);
  expect(admitUpload({ ...uplink, active: 0 }, 250_000, 2_000, 3_999)).toBe(false);
  expect(isUselessUplink(uplink, 125)).toBe(false);
  expect(isUselessUplink({ ...uplink, witnesses: 2 }, 125)).toBe(true);
});

test.each([
  [1, "one has been measured", 1],
  [2, "two have", 2],
  [2, "any number have", Number.POSITIVE_INFINITY],
])("uploads that found the uplink at rest let in %i at once when %s", (most, _name, witnesses) => {
  const uplink = { bytesPerMs: 10_000, isProven: false, witnesses };
  expect(admitUpload({ ...uplink, active: most - 1 }, 250_000, 2_000, BUFFER_MS)).toBe(true);
  expect(admitUpload({ ...uplink, active: most }, 250_000, 2_000, BUFFER_MS)).toBe(false);
});

test("before the uplink is measured, it is tried only by viewers who could do without it for a segment and a half", () => {
  const uplink = { active: 0, bytesPerMs: 10_000, isProven: false, witnesses: 0 };
  expect(admitUpload(uplink, 250_000, 2_000, 2_999)).toBe(false);
  expect(admitUpload(uplink, 250_000, 2_000, 3_000)).toBe(true);
  expect(admitUpload(uplink, 250_000, 10_000, 4_000)).toBe(true);
});

test("who is refused with some uploads is refused with more", () => {
  fc.assert(
    fc.property(rates, bytes, durations, fc.nat({ max: 20 }), (rate, size, durationMs, active) => {
      const expected = active < slots(rate, size, durationMs);
      expect(
        admitUpload({ active, bytesPerMs: rate, isProven: true, witnesses: 2 }, size, durationMs, BUFFER_MS),
      ).toBe(expected);
    }),
  );
});

test("a wider uplink, smaller segments and longer ones never mean fewer uploads", () => {
  const positiveRates = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  const factors = fc.double({ min: 1, max: 100, noNaN: true });
  fc.assert(
    fc.property(positiveRates, bytes, durations, factors, (rate, size, durationMs, factor) => {
      const count = slots(rate, size, durationMs);
      expect(slots(rate * factor, size, durationMs)).toBeGreaterThanOrEqual(count);
      expect(slots(rate, Math.floor(size / factor), durationMs)).toBeGreaterThanOrEqual(count);
      expect(slots(rate, size, durationMs * factor)).toBeGreaterThanOrEqual(count);
    }),
  );
});

test("what runs at once is done within half a segment, unless it is a single upload", () => {
  const positiveRates = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(positiveRates, bytes, durations, (rate, size, durationMs) => {
      const count = slots(rate, size, durationMs);
      if (count > 1) expect((count * size) / rate).toBeLessThanOrEqual((durationMs / 2) * (1 + 1e-9));
    }),
  );
});

test.each([
  ["unknown", 0, 2],
  ["1 Mbit/s: one after the other", 125, 1],
  ["4 Mbit/s", 500, 4],
  ["100 Mbit/s", 12_500, 8],
])("an uplink that is %s, segments of 125 kB and 2 s", (_name, bytesPerMs, expected) => {
  expect(slots(bytesPerMs, 125_000, 2_000)).toBe(expected);
});

test("a first verdict holds for half a minute, further ones for ever longer up to five minutes", () => {
  expect([1, 2, 3, 4, 5, 6, 255].map((verdicts) => verdictLastsMs(verdicts) / 1000)).toEqual([
    30, 60, 120, 240, 300, 300, 300,
  ]);
});

test("the bitrate that is known lies between the lowest and the highest that was asked for", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 1_000_000 }), { minLength: 1 }), (sizes) => {
      const known = sizes.reduce((before, bytes) => learnBitrate(before, bytes, 2_000), 0);
      expect(known).toBeGreaterThanOrEqual((Math.min(...sizes) / 2_000) * (1 - 1e-9));
      expect(known).toBeLessThanOrEqual((Math.max(...sizes) / 2_000) * (1 + 1e-9));
    }),
  );
});

test("a segment that takes no time says nothing of the bitrate", () => {
  expect([learnBitrate(0, 250_000, 0), learnBitrate(125, 250_000, 0)]).toEqual([0, 125]);
});
