import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsBudget, paidUntil, type UploadBudget } from "../../../player/policy/upload-budget.js";

const budgets = fc.record<UploadBudget>({
  ratio: fc.double({ min: 0, max: 4, noNaN: true }),
  allowanceBytes: fc.nat({ max: 1_000_000 }),
  bytesPerMs: fc.oneof(fc.double({ min: 1, max: 1_000, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
  simultaneous: fc.integer({ min: 1, max: 8 }),
});
const flood = fc.array(
  fc.record({ afterMs: fc.nat({ max: 50 }), bytes: fc.integer({ min: 1, max: 300_000 }) }),
  {
    maxLength: 200,
  },
);

test("whatever is asked for, neither the ratio nor the mean rate is exceeded", () => {
  fc.assert(
    fc.property(budgets, flood, fc.nat({ max: 5_000_000 }), (budget, requests, downloadedBytes) => {
      let nowMs = 0;
      let sentBytes = 0;
      let paidUntilMs = 0;
      let largest = 0;
      for (const { afterMs, bytes } of requests) {
        nowMs += afterMs;
        const account = { sentBytes, promisedBytes: 0, downloadedBytes, active: 0, paidUntilMs };
        if (!fitsBudget(account, budget, bytes, nowMs)) continue;
        paidUntilMs = paidUntil(account, budget, bytes, nowMs);
        sentBytes += bytes;
        largest = Math.max(largest, bytes);
        expect(sentBytes).toBeLessThanOrEqual(budget.ratio * downloadedBytes + budget.allowanceBytes);
        // One segment leaves at once, and is paid for afterwards.
        if (Number.isFinite(budget.bytesPerMs)) {
          expect(sentBytes - largest).toBeLessThanOrEqual(budget.bytesPerMs * nowMs + 1e-6);
        }
      }
    }),
  );
});

test("what uploads under way will come to is held against the budget, and so is their number", () => {
  const budget = { ratio: 1, allowanceBytes: 0, bytesPerMs: Number.POSITIVE_INFINITY, simultaneous: 2 };
  const account = { sentBytes: 100, promisedBytes: 50, downloadedBytes: 200, active: 1, paidUntilMs: 0 };
  expect(fitsBudget(account, budget, 50, 0)).toBe(true);
  expect(fitsBudget(account, budget, 51, 0)).toBe(false);
  expect(fitsBudget({ ...account, active: 2 }, budget, 50, 0)).toBe(false);
});
