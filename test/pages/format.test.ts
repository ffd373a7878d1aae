import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatBitrate,
  formatBytes,
  formatMilliseconds,
  formatPercent,
  formatSeconds,
} from "../../pages/format.js";

test.each([
  [0, "0 B"],
  [640, "640 B"],
  [999, "999 B"],
  [1_000, "1 kB"],
  [84_000, "84 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [3_140_000, "3.1 MB"],
  [99_940_000, "99.9 MB"],
  [99_960_000, "100 MB"],
  [1.5e9, "1.5 GB"],
  [2e12, "2.0 TB"],
  [5e15, "5000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

const UNITS = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

test("what is shown of bytes is right to within half of its last digit, and never 1000 of a unit", () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat().map((bytes) => bytes % 9e14),
      (bytes) => {
        const [number = "", unit = ""] = formatBytes(bytes).split(" ");
        const scale = UNITS[unit as keyof typeof UNITS];
        const digit = number.includes(".") ? 0.1 : 1;
        expect(Math.abs(Number(number) * scale - bytes)).toBeLessThanOrEqual(
          scale * digit * 0.5 * (1 + 1e-9),
        );
        expect(Number(number)).toBeLessThan(1000);
      },
    ),
  );
});

test.each([
  [0, "0 kbit/s"],
  [38_750, "310 kbit/s"],
  [124_900, "999 kbit/s"],
  [125_000, "1.0 Mbit/s"],
  [300_000, "2.4 Mbit/s"],
])("%d bytes per second are %s", (bytesPerS, text) => {
  expect(formatBitrate(bytesPerS)).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.29, "29 %"],
  [0.57, "57 %"],
  [0.875, "87 %"],
  [0.999, "99 %"],
  [1, "100 %"],
])("a share of %d is %s", (share, text) => {
  expect(formatPercent(share)).toBe(text);
});

test("whole percents are shown as they are, and 100 % only where nothing is missing", () => {
  for (let percent = 0; percent <= 100; percent++) expect(formatPercent(percent / 100)).toBe(`${percent} %`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat({ max: 1e9 }), (all, part) => {
      if (part < all) expect(formatPercent(part / all)).not.toBe("100 %");
    }),
  );
});

test.each([
  [0, "0.0 s"],
  [0.25, "0.3 s"],
  [9.94, "9.9 s"],
  [10, "10 s"],
  [61.6, "62 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [310.4, "310 ms"],
  [999.4, "999 ms"],
  [999.6, "1.0 s"],
  [12_345, "12 s"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(formatMilliseconds(milliseconds)).toBe(text);
});
