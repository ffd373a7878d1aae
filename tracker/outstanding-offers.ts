import type { RelayedOffer } from "./peer.js";
import type { Reach } from "./sdp/restrict.js";
import type { OfferId, PeerId } from "./wire/bytes20.js";

/** Older offers are forgotten first. */
const CAPACITY = 128;
/** Clients give an offer up after 50 s. */
const LIFETIME_MS = 60_000;

/** What is kept of an offer until it is answered. */
export interface OutstandingOffer {
  readonly relayedAtMs: number;
  /** What of each other's addresses the two peers may know. */
  readonly reach: Reach;
  /** The tracker that it came from; absent where that is this one. */
  readonly node: string | undefined;
}

/**
 * Offers that were relayed to one peer and that it has not answered yet. An answer to anything else is not
 * relayed: otherwise anybody could speak to any peer whose id it knows.
 */
export class OutstandingOffers {
  /** In the order in which they were relayed; absent where there is none. */
  #offers: Map<string, OutstandingOffer> | undefined;

  add({ from, offerId, reach, node }: Omit<RelayedOffer, "sdp">, nowMs: number): void {
    this.#offers ??= new Map();
    this.#offers.set(from + offerId, { relayedAtMs: nowMs, reach, node });
    for (const [oldest, { relayedAtMs }] of this.#offers) {
      if (this.#offers.size <= CAPACITY && relayedAtMs > nowMs - LIFETIME_MS) return;
      this.#offers.delete(oldest);
    }
  }

  /** @returns the offer, where there was one; there is none after that. */
  take(from: PeerId, offerId: OfferId, nowMs: number): OutstandingOffer | undefined {
    const offers = this.#offers;
    if (offers === undefined) return undefined;
    const key = from + offerId;
    const offer = offers.get(key);
    if (offers.delete(key) && offers.size === 0) this.#offers = undefined;
    return offer !== undefined && offer.relayedAtMs > nowMs - LIFETIME_MS ? offer : undefined;
  }
}
