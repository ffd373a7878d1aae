export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Sums of fractions are not exact. */
const ROUNDING_MS = 1e-3;

/**
 * Takes one from a bucket of tokens, which allows `perSecond` on average and `burst` at once. A bucket is nothing but the
 * time at which it is full again, because there are several for each connection.
 *
 * @param fullAtMs as returned for the last one; a bucket that is full has any time up to now.
 * @returns when it is full again; nothing where there was none to take, and the bucket stays as it was.
 */
export function takeToken({ perSecond, burst }: Rate, fullAtMs: number, nowMs: number): number | undefined {
  const fillMs = 1000 / perSecond;
  const nextMs = Math.max(fullAtMs, nowMs) + fillMs;
  return nextMs - nowMs > burst * fillMs + ROUNDING_MS ? undefined : nextMs;
}
