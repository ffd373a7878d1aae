import type { JoinPolicy } from "../protocol/index.js";
import type { UploadBudget } from "./upload-budget.js";

/** What the page itself has said of what an operator may also say. */
export interface OwnPolicy {
  readonly mayUpload: boolean;
  readonly uploadBudget: UploadBudget;
  /** Whether its ratio is the page's own, not the default. */
  readonly isRatioGiven: boolean;
  /** Share of the control group; `undefined` leaves it to the operator. */
  readonly holdout: number | undefined;
}

export const HELD_OUT = "this session plays without peers, as one of a control group";

/**
 * Why peers are not to be used now, by the operator's word.
 *
 * @param hasBegun peers have been used before: viewers who leave do not end it.
 */
export function operatorRefusal(
  policy: JoinPolicy | undefined,
  { holdout }: Pick<OwnPolicy, "holdout">,
  hasBegun: boolean,
): string | undefined {
  if (!policy) return undefined;
  const { cohort, viewers, minViewers } = policy;
  if (cohort === "off") return "the operator has switched peers off";
  if (isHeldOut(policy, { holdout })) return HELD_OUT;
  if (!hasBegun && viewers < minViewers) return `there are fewer than ${minViewers} viewers`;
  return undefined;
}

export function isHeldOut(policy: JoinPolicy | undefined, { holdout }: Pick<OwnPolicy, "holdout">): boolean {
  return holdout === undefined && policy?.cohort === "holdout";
}

/** The lower of what page and operator allow. 0 in one of the operator's limits, and nothing is uploaded at all. */
export function uploadsUnder(
  policy: JoinPolicy | undefined,
  own: OwnPolicy,
): { readonly mayUpload: boolean; readonly budget: UploadBudget } {
  const { mayUpload, uploadBudget: budget, isRatioGiven } = own;
  if (!policy) return { mayUpload, budget };
  const { uploadRatio = budget.ratio, uploadKbps = Number.POSITIVE_INFINITY } = policy;
  return {
    mayUpload: mayUpload && policy.mayUpload && uploadRatio > 0 && uploadKbps > 0,
    budget: {
      ...budget,
      ratio: isRatioGiven ? Math.min(budget.ratio, uploadRatio) : uploadRatio,
      bytesPerMs: Math.min(budget.bytesPerMs, uploadKbps / 8),
    },
  };
}
