const HOUR_MS = 3_600_000;
const FIRST_CAPACITY = 16;

/**
 * The distinct viewers that one public address was shown to within the hour. Whoever is introduced learns the other's
 * address: this bounds how far it spreads, and how many addresses somebody can collect.
 */
export class Exposure {
  readonly #budget: number;
  /** Made with the first one: addresses are remembered, shown or not. */
  #seen: Uint32Array | undefined;
  #count = 0;
  #sinceMs: number;

  /** @param budget viewers an hour. */
  constructor(budget: number, nowMs: number) {
    this.#budget = budget;
    this.#sinceMs = nowMs;
  }

  /** Whether it may be shown to this viewer: one that has seen it costs nothing. */
  allows(viewer: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= HOUR_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    return this.#count < this.#budget || this.#has(viewer);
  }

  show(viewer: number): void {
    if (this.#has(viewer)) return;
    let seen = this.#seen ?? new Uint32Array(FIRST_CAPACITY);
    if (this.#count === seen.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(seen);
      seen = larger;
    }
    seen[this.#count] = viewer;
    this.#seen = seen;
    this.#count += 1;
  }

  #has(viewer: number): boolean {
    const at = this.#seen?.indexOf(viewer) ?? -1;
    return at >= 0 && at < this.#count;
  }
}
