/** Allows `perSecond` on average and `burst` at once. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number;

  constructor(
    readonly limits: { readonly perSecond: number; readonly burst: number },
    nowMs: number,
  ) {
    this.#tokens = limits.burst;
    this.#filledAtMs = nowMs;
  }

  /** @returns whether one more is allowed now; it counts then. */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.limits;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
