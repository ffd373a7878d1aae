const HOUR_MS = 3_600_000;
const FIRST_CAPACITY = 16;

/**
 * The distinct viewers that one public address was shown to within the hour. Whoever is introduced learns the other's
 * address: this bounds how far it spreads, and how many addresses somebody can collect.
 */
export class Exposure {
  readonly #budget: number;
  #seen = new Uint32Array(FIRST_CAPACITY);
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
    if (this.#count === this.#seen.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(this.#seen);
      this.#seen = larger;
    }
    this.#seen[this.#count] = viewer;
    this.#count += 1;
  }

  #has(viewer: number): boolean {
    const at = this.#seen.indexOf(viewer);
    return at >= 0 && at < this.#count;
  }
}
