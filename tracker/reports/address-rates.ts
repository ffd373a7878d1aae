import { TokenBucket } from "../admission/token-bucket.js";
import type { Address } from "../nearness/address.js";

/** Addresses that are remembered; with more, the ones not heard of for longest are forgotten. */
const MAX_ADDRESSES = 100_000;

/** Bounds how many requests one public address may make: enough for the thousands of viewers behind some of them. */
export class AddressRates {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limits: { readonly perSecond: number; readonly burst: number };

  constructor(limits: { readonly perSecond: number; readonly burst: number }) {
    this.#limits = limits;
  }

  allows(address: Address, nowMs: number): boolean {
    const key = `${address.prefix}/${address.host}`;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#limits, nowMs);
    // Those heard last come last.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_ADDRESSES) break;
      this.#buckets.delete(oldest);
    }
    return bucket.take(nowMs);
  }
}
