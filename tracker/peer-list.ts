/** Items that can be looked up by id and drawn by number, both at a cost that does not depend on how many there are. */
export class PeerList<T extends { readonly peerId: string }> {
  readonly #items: T[] = [];
  readonly #numberOf = new Map<string, number>();

  get size(): number {
    return this.#items.length;
  }

  get(peerId: string): T | undefined {
    return this.#items[this.numberOf(peerId)];
  }

  at(number: number): T | undefined {
    return this.#items[number];
  }

  /** The item's place, which may change when another one is removed; -1 if there is none. */
  numberOf(peerId: string): number {
    return this.#numberOf.get(peerId) ?? -1;
  }

  add(item: T): void {
    this.#numberOf.set(item.peerId, this.#items.push(item) - 1);
  }

  /** Moves the last item into the gap. */
  remove(peerId: string): T | undefined {
    const number = this.numberOf(peerId);
    const removed = this.#items[number];
    const last = this.#items.at(-1);
    if (removed === undefined || last === undefined) return undefined;
    this.#items[number] = last;
    this.#numberOf.set(last.peerId, number);
    this.#items.pop();
    this.#numberOf.delete(peerId);
    return removed;
  }
}
