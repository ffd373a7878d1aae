import fc from "fast-check";
import { expect, test } from "vitest";
import { PAYLOAD_SHARE, uplinkForSegments } from "../../../loadtest/simulate/packets.js";

/** Bytes per millisecond of 989 kbit/s. */
const LAB = 123.6;

test("an uplink of which nothing else is asked gives all but its headers to segments", () => {
  // 107,500 bytes took 954 ms in namespaces.
  expect(107_500 / uplinkForSegments(LAB, 0, 0)).toBeCloseTo(949, -1);
});

test("receipts and ten peers take what they took of 16 headless viewers", () => {
  const besides = LAB - uplinkForSegments(LAB, 430 / 8, 10) / PAYLOAD_SHARE;
  // 58 kbit/s.
  expect(besides * 8).toBeGreaterThan(50);
  expect(besides * 8).toBeLessThan(70);
});

test("more peers or a higher bitrate never leave more, and something is always left", () => {
  const rates = fc.tuple(
    fc.double({ min: 1, max: 1e5, noNaN: true }),
    fc.double({ min: 0, max: 1e4, noNaN: true }),
    fc.nat({ max: 500 }),
  );
  fc.assert(
    fc.property(rates, ([uplink, media, peers]) => {
      const left = uplinkForSegments(uplink, media, peers);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(uplink * PAYLOAD_SHARE);
      expect(uplinkForSegments(uplink, media, peers + 1)).toBeLessThanOrEqual(left);
      expect(uplinkForSegments(uplink, media + 1, peers)).toBeLessThanOrEqual(left);
    }),
  );
});
