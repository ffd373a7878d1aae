import type { LocalMember } from "../local-member.js";
import type { Offer } from "../wire/announce.js";

/** A swarm's home says within milliseconds whom offers are for; it may be gone. */
const LIFETIME_MS = 10_000;

interface Held {
  readonly turn: number;
  readonly offers: readonly Offer[];
  readonly sinceMs: number;
}

/** Offers that wait for the swarm's home to say whom they are for: of each member those of its latest announce. */
export class HeldOffers {
  /** Those held for longest first. */
  readonly #held = new Map<LocalMember, Held>();
  #turns = 0;

  /** @returns a number to take them by. */
  hold(member: LocalMember, offers: readonly Offer[], nowMs: number): number {
    this.#turns += 1;
    this.#held.delete(member);
    if (offers.length > 0) this.#held.set(member, { turn: this.#turns, offers, sinceMs: nowMs });
    return this.#turns;
  }

  /** @returns none where there are later ones, or where they were held for too long; there are none after that. */
  take(member: LocalMember, turn: number, nowMs: number): readonly Offer[] {
    const held = this.#held.get(member);
    if (held?.turn !== turn) return [];
    this.#held.delete(member);
    return held.sinceMs > nowMs - LIFETIME_MS ? held.offers : [];
  }

  drop(member: LocalMember): void {
    this.#held.delete(member);
  }

  expire(nowMs: number): void {
    for (const [member, { sinceMs }] of this.#held) {
      if (sinceMs > nowMs - LIFETIME_MS) return;
      this.#held.delete(member);
    }
  }

  /** Members whose offers are held. */
  get size(): number {
    return this.#held.size;
  }
}
