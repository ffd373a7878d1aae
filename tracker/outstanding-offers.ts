/** Older offers are forgotten first. Clients give an offer up after 50 s, and few peers get two a second. */
const CAPACITY = 128;

/**
 * Offers that were relayed to one peer and that it has not answered yet. An answer to anything else is not
 * relayed: otherwise anybody could speak to any peer whose id it knows.
 */
export class OutstandingOffers {
  /** In the order of arrival. */
  readonly #keys = new Set<string>();

  add(fromPeerIdHex: string, offerId: string): void {
    this.#keys.add(fromPeerIdHex + offerId);
    if (this.#keys.size <= CAPACITY) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  /** @returns whether there was such an offer; there is none after that. */
  take(fromPeerIdHex: string, offerId: string): boolean {
    return this.#keys.delete(fromPeerIdHex + offerId);
  }
}
