/** Bytes received by source: in all, or per second. */
export interface BytesBySource {
  readonly fromPeers: number;
  readonly fromOrigin: number;
}

/** Bytes per second, as the mean of a while that ends at `atMs`. */
export interface ByteRate extends BytesBySource {
  readonly atMs: number;
}

interface Sample extends BytesBySource {
  readonly atMs: number;
}

/**
 * Turns samples of growing totals into rates. Samples may be any time apart: over a gap the rate is the gap's mean,
 * so that no byte is lost from the picture or drawn twice.
 */
export class ByteHistory {
  readonly #keepMs: number;
  /** Oldest first; the first one may be older than `keepMs`, to say what was there at its beginning. */
  #samples: Sample[] = [];
  #latest: BytesBySource = { fromPeers: 0, fromOrigin: 0 };
  /** Totals that earlier counts ended with. */
  #base: BytesBySource = { fromPeers: 0, fromOrigin: 0 };

  /** @param keepMs how far the picture goes back. */
  constructor({ keepMs }: { keepMs: number }) {
    this.#keepMs = keepMs;
  }

  /**
   * @param atMs never less than the one before.
   * @param totals smaller ones than before mean that they were counted from zero again.
   */
  add(atMs: number, totals: BytesBySource): void {
    const previous = this.#latest;
    if (totals.fromPeers < previous.fromPeers || totals.fromOrigin < previous.fromOrigin) {
      this.#base = sum(this.#base, previous);
    }
    this.#latest = totals;
    this.#samples.push({ atMs, ...sum(this.#base, totals) });
    while ((this.#samples[1]?.atMs ?? Infinity) <= atMs - this.#keepMs) this.#samples.shift();
  }

  /** Bytes per second, as the mean of the last `meanMs` before the newest sample. */
  rateNow(meanMs: number): BytesBySource {
    const newest = this.#samples.at(-1);
    return newest ? this.#rate(newest.atMs, meanMs) : { fromPeers: 0, fromOrigin: 0 };
  }

  /**
   * Oldest first, over `keepMs` up to the newest sample. All but the last stand at multiples of `stepMs`: from one
   * call to the next the picture moves without changing its shape.
   *
   * @param meanMs what each rate is the mean of.
   */
  rates({ stepMs, meanMs }: { stepMs: number; meanMs: number }): ByteRate[] {
    const first = this.#samples[0];
    const newest = this.#samples.at(-1);
    if (!first || !newest) return [];
    const rates: ByteRate[] = [];
    const fromMs = Math.max(first.atMs, newest.atMs - this.#keepMs);
    for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs < newest.atMs; atMs += stepMs) {
      rates.push({ atMs, ...this.#rate(atMs, meanMs) });
    }
    rates.push({ atMs: newest.atMs, ...this.#rate(newest.atMs, meanMs) });
    return rates;
  }

  clear(): void {
    this.#samples = [];
    this.#latest = { fromPeers: 0, fromOrigin: 0 };
    this.#base = { fromPeers: 0, fromOrigin: 0 };
  }

  #rate(atMs: number, meanMs: number): BytesBySource {
    const start = this.#totalsAt(atMs - meanMs);
    const end = this.#totalsAt(atMs);
    const seconds = meanMs / 1000;
    return {
      fromPeers: (end.fromPeers - start.fromPeers) / seconds,
      fromOrigin: (end.fromOrigin - start.fromOrigin) / seconds,
    };
  }

  /** Between two samples bytes are taken to have come evenly. */
  #totalsAt(atMs: number): BytesBySource {
    const index = this.#samples.findLastIndex((sample) => sample.atMs <= atMs);
    const before = this.#samples[Math.max(index, 0)];
    const after = this.#samples[index + 1];
    if (!before) return { fromPeers: 0, fromOrigin: 0 };
    if (!after || after === before) return before;
    const share = (atMs - before.atMs) / (after.atMs - before.atMs);
    return {
      fromPeers: before.fromPeers + share * (after.fromPeers - before.fromPeers),
      fromOrigin: before.fromOrigin + share * (after.fromOrigin - before.fromOrigin),
    };
  }
}

function sum(a: BytesBySource, b: BytesBySource): BytesBySource {
  return { fromPeers: a.fromPeers + b.fromPeers, fromOrigin: a.fromOrigin + b.fromOrigin };
}
