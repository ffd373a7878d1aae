/** `null` for nothing: a figure that does not exist must not look like a zero. */
export function mean(numbers: readonly number[]): number | null {
  return numbers.length > 0 ? sum(numbers) / numbers.length : null;
}

/** The middle one, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number | null {
  const sorted = ascending(numbers);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return mean(middle);
}

/** The smallest number that at least this share of all does not exceed (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number | null {
  return ascending(numbers)[Math.max(0, Math.ceil(numbers.length * share) - 1)] ?? null;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}
