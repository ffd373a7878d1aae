/** An estimate with the interval that covers the true value in 95 of 100 such periods. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** With fewer, the spread is a guess itself. */
export const LEAST_BLOCKS = 10;

/**
 * Leaves out one block after the other, and takes the spread of what is left for the uncertainty of the whole
 * (delete-one jackknife), which holds for ratios of sums whatever the blocks are distributed like. The interval is
 * Student's.
 *
 * @param estimate from all blocks but one, or from all of them; `null` where too little is left.
 * @returns `null` with fewer than {@link LEAST_BLOCKS}.
 */
export function jackknife(
  blocks: number,
  estimate: (without: number | undefined) => number | null,
): Estimate | null {
  const value = estimate(undefined);
  if (value === null || blocks < LEAST_BLOCKS) return null;
  const partial: number[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const one = estimate(block);
    if (one === null) return null;
    partial.push(one);
  }
  const mean = partial.reduce((sum, one) => sum + one, 0) / blocks;
  const variance = ((blocks - 1) / blocks) * partial.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const half = studentQuantile(blocks - 1) * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

const Z = 1.959964;

/** The 97.5th percentile of Student's distribution, by Cornish and Fisher's expansion; three digits from 9 degrees on. */
export function studentQuantile(degrees: number): number {
  return (
    Z +
    (Z ** 3 + Z) / (4 * degrees) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * degrees ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * degrees ** 3)
  );
}
