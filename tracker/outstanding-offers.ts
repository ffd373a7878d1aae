import type { OfferId, PeerId } from "./wire/bytes20.js";

/** Older offers are forgotten first. */
const CAPACITY = 128;
/** Clients give an offer up after 50 s. */
const LIFETIME_MS = 60_000;

/**
 * Offers that were relayed to one peer and that it has not answered yet. An answer to anything else is not
 * relayed: otherwise anybody could speak to any peer whose id it knows.
 */
export class OutstandingOffers {
  /** When they were relayed, in this order; absent where there is none. */
  #relayedAtMs: Map<string, number> | undefined;

  add(from: PeerId, offerId: OfferId, nowMs: number): void {
    this.#relayedAtMs ??= new Map();
    this.#relayedAtMs.set(from + offerId, nowMs);
    for (const [oldest, atMs] of this.#relayedAtMs) {
      if (this.#relayedAtMs.size <= CAPACITY && atMs > nowMs - LIFETIME_MS) return;
      this.#relayedAtMs.delete(oldest);
    }
  }

  /** @returns whether there was such an offer; there is none after that. */
  take(from: PeerId, offerId: OfferId, nowMs: number): boolean {
    const relayedAtMs = this.#relayedAtMs;
    if (relayedAtMs === undefined) return false;
    const key = from + offerId;
    const atMs = relayedAtMs.get(key);
    if (relayedAtMs.delete(key) && relayedAtMs.size === 0) this.#relayedAtMs = undefined;
    return atMs !== undefined && atMs > nowMs - LIFETIME_MS;
  }
}
