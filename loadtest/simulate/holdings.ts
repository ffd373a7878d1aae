/**
 * Which viewers hold which segments of one rendition: a row of bits per segment, so that looking among a viewer's
 * neighbours for one segment stays within one row.
 */
export class Holdings {
  readonly #words: number;
  readonly #rows: (Uint32Array | undefined)[] = [];

  /** @param viewers how many there are in the whole run. */
  constructor(viewers: number) {
    this.#words = (viewers + 31) >>> 5;
  }

  has(segment: number, viewer: number): boolean {
    const row = this.#rows[segment];
    return row !== undefined && ((row[viewer >>> 5] as number) & (1 << (viewer & 31))) !== 0;
  }

  /** The holders of one segment, for {@link isIn}; `undefined` for nobody. */
  row(segment: number): Uint32Array | undefined {
    return this.#rows[segment];
  }

  add(segment: number, viewer: number): void {
    const row = this.#rows[segment] ?? new Uint32Array(this.#words);
    this.#rows[segment] = row;
    row[viewer >>> 5] = (row[viewer >>> 5] as number) | (1 << (viewer & 31));
  }

  delete(segment: number, viewer: number): void {
    const row = this.#rows[segment];
    if (row) row[viewer >>> 5] = (row[viewer >>> 5] as number) & ~(1 << (viewer & 31));
  }
}

export function isIn(row: Uint32Array, viewer: number): boolean {
  return ((row[viewer >>> 5] as number) & (1 << (viewer & 31))) !== 0;
}
