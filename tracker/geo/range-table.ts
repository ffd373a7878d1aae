/** Which value holds for a number: that of the last range which starts at or before it. */
export class RangeTable {
  readonly #starts: Uint32Array | Float64Array;
  readonly #values: Uint16Array | Uint32Array;

  /** @param starts ascending. @param values one for each start. */
  constructor(starts: Uint32Array | Float64Array, values: Uint16Array | Uint32Array) {
    this.#starts = starts;
    this.#values = values;
  }

  /** @returns 0 where there is none. */
  valueAt(number: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    return this.#values[low - 1] ?? 0;
  }
}
