import { MAX_UPLOADS } from "./upload-admission.js";

/** What a viewer gives at most. */
export interface UploadBudget {
  /** Bytes uploaded over bytes downloaded. */
  readonly ratio: number;
  /** Bytes that may be uploaded beyond that, because a viewer that has just come has downloaded next to nothing. */
  readonly allowanceBytes: number;
  /** On average over a segment's time; `Infinity` for no limit. */
  readonly bytesPerMs: number;
  /** Uploads at a time. */
  readonly simultaneous: number;
}

/** What a viewer gives unless it is told otherwise; the allowance is a few segments of a high rendition. */
export const DEFAULT_UPLOAD_BUDGET: UploadBudget = {
  ratio: 1,
  allowanceBytes: 8 * 1024 * 1024,
  bytesPerMs: Number.POSITIVE_INFINITY,
  simultaneous: MAX_UPLOADS,
};

export interface UploadAccount {
  readonly sentBytes: number;
  /** What the uploads under way still have to send. */
  readonly promisedBytes: number;
  readonly downloadedBytes: number;
  readonly active: number;
  /** When what has been promised so far will have left at the budget's rate. */
  readonly paidUntilMs: number;
}

/**
 * Whether an upload may begin. An upload that has begun goes on to its end, so that everything it may come to is held
 * against the budget before it begins: the limit holds however peers ask.
 */
export function fitsBudget(
  account: UploadAccount,
  budget: UploadBudget,
  segmentBytes: number,
  nowMs: number,
): boolean {
  const { sentBytes, promisedBytes, downloadedBytes, active, paidUntilMs } = account;
  if (active >= budget.simultaneous || nowMs < paidUntilMs) return false;
  const limitBytes = budget.ratio * downloadedBytes + budget.allowanceBytes;
  return sentBytes + promisedBytes + segmentBytes <= limitBytes;
}

/** When a segment more will have left at the budget's rate. */
export function paidUntil(
  { paidUntilMs }: Pick<UploadAccount, "paidUntilMs">,
  { bytesPerMs }: UploadBudget,
  segmentBytes: number,
  nowMs: number,
): number {
  return Math.max(nowMs, paidUntilMs) + segmentBytes / bytesPerMs;
}
