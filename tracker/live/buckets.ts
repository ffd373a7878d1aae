/** Sums over equal stretches of time, several columns of them. Old stretches make room for new ones. */
export class Buckets {
  readonly #columns: number;
  readonly #length: number;
  readonly #values: Float64Array;
  /** Number of the newest bucket that was written to; those before the first are empty. */
  #newest = 0;

  /** @param options.length how many stretches are remembered. */
  constructor(options: { readonly columns: number; readonly length: number }) {
    this.#columns = options.columns;
    this.#length = options.length;
    this.#values = new Float64Array(options.columns * options.length);
  }

  get newest(): number {
    return this.#newest;
  }

  /** @param bucket counts up with time from 0; one that is forgotten already is passed over. */
  add(bucket: number, column: number, value: number): void {
    this.#advance(bucket);
    if (bucket <= this.#newest - this.#length) return;
    const index = this.#indexOf(bucket, column);
    this.#values[index] = (this.#values[index] ?? 0) + value;
  }

  /** Zero where nothing was written, or is remembered any more. */
  at(bucket: number, column: number): number {
    if (bucket > this.#newest || bucket <= this.#newest - this.#length || bucket < 0) return 0;
    return this.#values[this.#indexOf(bucket, column)] ?? 0;
  }

  /** Over the buckets from `from` up to and without `to`. */
  sum(column: number, from: number, to: number): number {
    let sum = 0;
    for (let bucket = from; bucket < to; bucket++) sum += this.at(bucket, column);
    return sum;
  }

  #indexOf(bucket: number, column: number): number {
    return (bucket % this.#length) * this.#columns + column;
  }

  #advance(bucket: number): void {
    const skipped = Math.min(bucket - this.#newest, this.#length);
    for (let back = 0; back < skipped; back++) {
      const start = this.#indexOf(bucket - back, 0);
      this.#values.fill(0, start, start + this.#columns);
    }
    this.#newest = Math.max(this.#newest, bucket);
  }
}
