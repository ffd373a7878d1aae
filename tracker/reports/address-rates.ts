import { type Rate, takeToken } from "../admission/token-bucket.js";
import type { Address } from "../nearness/address.js";

/** Addresses that are remembered; with more, the ones not heard of for longest are forgotten. */
const MAX_ADDRESSES = 100_000;

/** Bounds how many requests one public address may make: enough for the thousands of viewers behind some of them. */
export class AddressRates {
  readonly #fullAtMs = new Map<string, number>();
  readonly #limits: Rate;

  constructor(limits: Rate) {
    this.#limits = limits;
  }

  allows(address: Address, nowMs: number): boolean {
    const key = `${address.prefix}/${address.host}`;
    const known = this.#fullAtMs.get(key) ?? nowMs;
    const fullAtMs = takeToken(this.#limits, known, nowMs);
    // Those heard last come last.
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, fullAtMs ?? known);
    for (const oldest of this.#fullAtMs.keys()) {
      if (this.#fullAtMs.size <= MAX_ADDRESSES) break;
      this.#fullAtMs.delete(oldest);
    }
    return fullAtMs !== undefined;
  }
}
