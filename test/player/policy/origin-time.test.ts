import fc from "fast-check";
import { expect, test } from "vitest";
import {
  behindUploads,
  learnOriginTime,
  type OriginSample,
  type OriginTime,
  resized,
  safeOriginMs,
  UNKNOWN_ORIGIN,
} from "../../../player/policy/origin-time.js";

const samples: fc.Arbitrary<OriginSample> = fc
  .record({
    durationMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
    firstByteShare: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.integer({ min: 1, max: 50_000_000 }),
    sharedBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50_000_000 })),
  })
  .map(({ firstByteShare, ...sample }) => ({ ...sample, firstByteMs: sample.durationMs * firstByteShare }));

function learnt(list: readonly OriginSample[]): OriginTime {
  return list.reduce(learnOriginTime, UNKNOWN_ORIGIN);
}

test("the first sample replaces the guess", () => {
  const sample = { durationMs: 120, firstByteMs: 20, bytes: 50_000, sharedBytes: 0 };
  expect(learnOriginTime(UNKNOWN_ORIGIN, sample)).toEqual({
    meanMs: 120,
    deviationMs: 60,
    firstByteMs: 20,
    bytesPerMs: 500,
  });
});

test("fetches that shared the downlink add up to its rate", () => {
  const sample = { durationMs: 1_000, firstByteMs: 0, bytes: 50_000, sharedBytes: 50_000 };
  expect(learnOriginTime(UNKNOWN_ORIGIN, sample)).toMatchObject({ meanMs: 1_000, bytesPerMs: 100 });
});

test("what came for others before the first byte is not taken for throughput", () => {
  const sample = { durationMs: 1_000, firstByteMs: 750, bytes: 25_000, sharedBytes: 100_000 };
  expect(learnOriginTime(UNKNOWN_ORIGIN, sample)).toMatchObject({ bytesPerMs: 200 });
});

test("what was learnt lies between the smallest and the largest sample", () => {
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 30 }), (list) => {
      const origin = learnt(list);
      const within = (value: number, values: readonly number[]) => {
        expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        expect(value).toBeLessThanOrEqual(Math.max(...values) * (1 + 1e-9) + 1e-6);
      };
      within(
        origin.meanMs,
        list.map(({ durationMs }) => durationMs),
      );
      within(
        origin.firstByteMs,
        list.map(({ firstByteMs }) => firstByteMs),
      );
      within(
        origin.bytesPerMs,
        list.flatMap(({ bytes, sharedBytes, durationMs, firstByteMs }) => {
          const streamingMs = Math.max(1, durationMs - firstByteMs);
          return [bytes / streamingMs, (bytes + sharedBytes) / streamingMs];
        }),
      );
      expect(origin.deviationMs).toBeGreaterThanOrEqual(0);
      expect(origin.deviationMs).toBeLessThanOrEqual(
        Math.max(...list.map(({ durationMs }) => durationMs)) + 1e-6,
      );
      expect(Number.isFinite(safeOriginMs(origin))).toBe(true);
    }),
  );
});

test("a steady origin is known exactly, and its safe time comes down to its mean", () => {
  const origin = learnt(
    Array.from({ length: 60 }, () => ({ durationMs: 200, firstByteMs: 50, bytes: 30_000, sharedBytes: 0 })),
  );
  expect(origin).toMatchObject({ meanMs: 200, firstByteMs: 50, bytesPerMs: 200 });
  expect(safeOriginMs(origin)).toBeCloseTo(200, 3);
});

test("a longer fetch never makes the expected time shorter", () => {
  fc.assert(
    fc.property(
      fc.array(samples, { maxLength: 10 }),
      samples,
      fc.nat({ max: 10_000 }),
      (list, sample, moreMs) => {
        const before = learnt(list);
        const slower = { ...sample, durationMs: sample.durationMs + moreMs };
        expect(learnOriginTime(before, slower).meanMs).toBeGreaterThanOrEqual(
          learnOriginTime(before, sample).meanMs,
        );
      },
    ),
  );
});

test("the safe time is never shorter than the mean, and covers a slow fetch once it was seen", () => {
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 10 }), (list) => {
      const origin = learnt(list);
      expect(safeOriginMs(origin)).toBeGreaterThanOrEqual(origin.meanMs);
      expect(safeOriginMs(origin)).toBeGreaterThanOrEqual((list.at(-1)?.durationMs ?? 0) - 1e-6);
    }),
  );
});

test("behind uploads a fetch is given the time that they may hold it up, or more where it took more before", () => {
  const queues = fc.double({ min: 0.001, max: 10_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(samples), queues, (list, queueMs) => {
      const origin = learnt(list);
      const busy = behindUploads(origin, queueMs);
      expect(safeOriginMs(busy)).toBeGreaterThanOrEqual(safeOriginMs(origin));
      expect(safeOriginMs(busy)).toBeGreaterThanOrEqual(origin.meanMs + queueMs * (1 - 1e-9));
      expect(busy.meanMs).toBe(origin.meanMs);
    }),
  );
});

test("a fetch of a larger segment is given as much more time as its bytes take, and what is not known stays", () => {
  expect(resized(UNKNOWN_ORIGIN, 5)).toBe(UNKNOWN_ORIGIN);
  fc.assert(
    fc.property(
      fc.array(samples, { minLength: 1 }),
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      (list, factor) => {
        const origin = learnt(list);
        const other = resized(origin, factor);
        const streamingMs = Math.max(0, origin.meanMs - origin.firstByteMs);
        expect(other.meanMs - origin.firstByteMs).toBeCloseTo(streamingMs * factor, 3);
        expect(other.deviationMs).toBeGreaterThanOrEqual(origin.deviationMs);
        expect(other.bytesPerMs).toBe(origin.bytesPerMs);
      },
    ),
  );
});
