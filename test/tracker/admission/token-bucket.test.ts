import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Rate, takeToken } from "../../../tracker/admission/token-bucket.js";

/** How many of the attempts at these times are allowed, of a bucket that is full at first. */
function allowed(rate: Rate, timesMs: readonly number[]): number {
  let fullAtMs = 0;
  let count = 0;
  for (const nowMs of timesMs) {
    const next = takeToken(rate, fullAtMs, nowMs);
    if (next === undefined) continue;
    fullAtMs = next;
    count += 1;
  }
  return count;
}

describe("a bucket of tokens", () => {
  test.each([
    { perSecond: 50, burst: 1000 },
    { perSecond: 3, burst: 7 },
    { perSecond: 1 / 7, burst: 1 },
  ])("allows the burst at once, and no more: %j", (rate) => {
    expect(allowed(rate, Array(2000).fill(123_456_789.25))).toBe(rate.burst);
  });

  test("is filled at its rate, up to the burst", () => {
    const rate = { perSecond: 2, burst: 4 };
    const atOnce = (nowMs: number, count = 10) => Array(count).fill(nowMs);
    expect(allowed(rate, [...atOnce(0), ...atOnce(499)])).toBe(4);
    expect(allowed(rate, [...atOnce(0), ...atOnce(500)])).toBe(5);
    expect(allowed(rate, [...atOnce(0), ...atOnce(3_600_000)])).toBe(8);
  });

  test("never allows more than the burst and what was filled since", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        waits,
        (perSecond, burst, gaps) => {
          let nowMs = 0;
          const times = gaps.map((gap) => (nowMs += gap));
          const filled = (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000) * perSecond;
          expect(allowed({ perSecond, burst }, times)).toBeLessThanOrEqual(burst + filled + 1e-6);
        },
      ),
    );
  });
});
