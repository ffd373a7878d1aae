import { Buckets } from "./buckets.js";
import type { RecentCount } from "./feed.js";

/** Watches counters that only grow: how much they grew lately, and when they did last. */
export class RecentCounts {
  readonly #read: () => ReadonlyMap<string, number>;
  readonly #buckets: Buckets;
  readonly #length: number;
  #seen: ReadonlyMap<string, number>;
  readonly #lastMs = new Map<string, number>();

  /**
   * @param read always the same names in the same order.
   * @param length of the memory, in buckets.
   */
  constructor(read: () => ReadonlyMap<string, number>, { length }: { readonly length: number }) {
    this.#read = read;
    this.#seen = new Map(read());
    this.#length = length;
    this.#buckets = new Buckets({ columns: this.#seen.size, length });
  }

  sample(nowMs: number, bucket: number): void {
    const counts = new Map(this.#read());
    for (const [column, [name, count]] of [...counts].entries()) {
      const grown = count - (this.#seen.get(name) ?? 0);
      this.#buckets.add(bucket, column, grown);
      if (grown > 0) this.#lastMs.set(name, nowMs);
    }
    this.#seen = counts;
  }

  counts(nowMs: number): RecentCount[] {
    const end = this.#buckets.newest + 1;
    return Array.from(this.#seen, ([name, total]) => ({ name, total })).map(({ name, total }, column) => {
      const lastMs = this.#lastMs.get(name);
      return {
        name,
        recent: this.#buckets.sum(column, end - this.#length, end),
        total,
        lastAgoS: lastMs === undefined ? null : (nowMs - lastMs) / 1000,
      };
    });
  }
}
