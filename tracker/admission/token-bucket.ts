export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Allows `perSecond` on average and `burst` at once. */
export class TokenBucket {
  #tokens: number;
  #filledAtMs: number;

  /** @param rate is kept: buckets of one kind had better share it. */
  constructor(
    readonly rate: Rate,
    nowMs: number,
  ) {
    this.#tokens = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** @returns whether one more is allowed now; it counts then. */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.rate;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
