import fc from "fast-check";
import { expect, test } from "vitest";
import { simultaneousIntake } from "../../../player/policy/intake.js";

const rate = fc.double({ min: 0.001, max: 1e6, noNaN: true });

test.each([
  ["nothing is known of the downlink", { bytesPerMs: 0, mediaBytesPerMs: 50 }],
  ["nothing has been played yet", { bytesPerMs: 500, mediaBytesPerMs: 0 }],
  ["the downlink brings many times what is played", { bytesPerMs: 500, mediaBytesPerMs: 50 }],
])("where %s, nothing waits for anything else", (_what, downlink) => {
  expect(simultaneousIntake(downlink)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [0.5, 1],
  [1.3, 1],
  [2.1, 2],
  [3.9, 3],
])("a downlink of %s times the bitrate lets in %s at a time", (headroom, expected) => {
  expect(simultaneousIntake({ bytesPerMs: headroom * 50, mediaBytesPerMs: 50 })).toBe(expected);
});

test("one is always let in, and each has at least the bitrate where the downlink can bring it", () => {
  fc.assert(
    fc.property(rate, rate, (bytesPerMs, mediaBytesPerMs) => {
      const limit = simultaneousIntake({ bytesPerMs, mediaBytesPerMs });
      expect(limit).toBeGreaterThanOrEqual(1);
      if (limit > 1 && Number.isFinite(limit)) {
        expect(bytesPerMs / limit).toBeGreaterThanOrEqual(mediaBytesPerMs * (1 - 1e-9));
      }
    }),
  );
});
