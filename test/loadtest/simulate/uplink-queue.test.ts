import { expect, test } from "vitest";
import { heldUpMs } from "../../../loadtest/simulate/uplink-queue.js";

const UP_BYTES_PER_MS = 500;
const SEGMENT_BYTES = 1_500_000;

function upload(sentBytes: number, rate: number) {
  return { bytes: SEGMENT_BYTES, rate, loadedBytes: () => sentBytes };
}

function held(uploads: readonly ReturnType<typeof upload>[], packets?: number): number {
  return heldUpMs({ uploads, upBytesPerMs: UP_BYTES_PER_MS }, 0, packets);
}

test("nothing waits on an uplink without uploads, nor on one that they do not fill", () => {
  expect(held([])).toBe(0);
  expect(held([upload(100_000, 400)])).toBe(0);
});

test("a packet waits for a full uplink's queue, which grows with the upload's window up to a channel's buffer", () => {
  const [first, later, large] = [0, 20_000, 1_000_000].map((sent) => held([upload(sent, UP_BYTES_PER_MS)]));
  expect(first).toBeGreaterThan(0);
  expect(later).toBeGreaterThan(first as number);
  expect(large).toBeCloseTo((64 * 1024) / UP_BYTES_PER_MS);
});

test("uploads that share an uplink make the queue longer", () => {
  const half = UP_BYTES_PER_MS / 2;
  expect(held([upload(500_000, half), upload(500_000, half)])).toBeCloseTo(
    2 * held([upload(500_000, UP_BYTES_PER_MS)]),
  );
});

test("packets that follow one another wait each, and none beyond the end of the upload", () => {
  const middle = [upload(500_000, UP_BYTES_PER_MS)];
  expect(held(middle, 3)).toBeCloseTo(3 * held(middle));
  const leftBytes = 10_000;
  const ending = [upload(SEGMENT_BYTES - leftBytes, UP_BYTES_PER_MS)];
  expect(held(ending, 3)).toBeCloseTo(leftBytes / UP_BYTES_PER_MS);
});
