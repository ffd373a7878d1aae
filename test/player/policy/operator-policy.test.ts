import { expect, test } from "vitest";
import { operatorRefusal, uploadsUnder } from "../../../player/policy/operator-policy.js";
import { DEFAULT_UPLOAD_BUDGET } from "../../../player/policy/upload-budget.js";
import type { JoinPolicy } from "../../../player/protocol/index.js";

const allowed: JoinPolicy = { cohort: "p2p", mayUpload: true, viewers: 5, minViewers: 0, holdoutShare: 0 };
const page = {
  mayUpload: true,
  uploadBudget: DEFAULT_UPLOAD_BUDGET,
  isRatioGiven: false,
  holdout: undefined,
};

test("an operator's off goes before all that the page says", () => {
  for (const holdout of [undefined, 0, 1]) {
    expect(operatorRefusal({ ...allowed, cohort: "off" }, { holdout }, true)).toMatch("switched peers off");
  }
  expect(operatorRefusal(allowed, page, false)).toBeUndefined();
  expect(operatorRefusal(undefined, page, false)).toBeUndefined();
});

test("the page's share of a control group goes before the operator's", () => {
  const heldOut: JoinPolicy = { ...allowed, cohort: "holdout", holdoutShare: 0.5 };
  expect(operatorRefusal(heldOut, page, true)).toMatch("control group");
  expect(operatorRefusal(heldOut, { holdout: 0 }, true)).toBeUndefined();
});

test("peers are met with so many viewers, and are kept when viewers leave", () => {
  const few: JoinPolicy = { ...allowed, minViewers: 6 };
  expect(operatorRefusal(few, page, false)).toBe("there are fewer than 6 viewers");
  expect(operatorRefusal(few, page, true)).toBeUndefined();
  expect(operatorRefusal({ ...few, viewers: 6 }, page, false)).toBeUndefined();
});

test("of two limits the lower one holds; a default is none", () => {
  const told = { ...allowed, uploadRatio: 3, uploadKbps: 800 };
  expect(uploadsUnder(told, page).budget).toMatchObject({ ratio: 3, bytesPerMs: 100 });
  const own = { ...page, isRatioGiven: true, uploadBudget: { ...DEFAULT_UPLOAD_BUDGET, bytesPerMs: 50 } };
  expect(uploadsUnder(told, own).budget).toMatchObject({ ratio: 1, bytesPerMs: 50 });
  expect(uploadsUnder({ ...told, uploadRatio: 0.5 }, own).budget.ratio).toBe(0.5);
  expect(uploadsUnder(undefined, own)).toEqual({ mayUpload: true, budget: own.uploadBudget });
});

test.each([[{ mayUpload: false }], [{ uploadRatio: 0 }], [{ uploadKbps: 0 }]])(
  "an operator's %j ends all uploads",
  (word) => {
    expect(uploadsUnder({ ...allowed, ...word }, page).mayUpload).toBe(false);
    expect(uploadsUnder(allowed, { ...page, mayUpload: false }).mayUpload).toBe(false);
    expect(uploadsUnder(allowed, page).mayUpload).toBe(true);
  },
);
