/** Draws from distributions; `random` returns numbers in [0, 1). */

export function between(low: number, high: number, random: () => number): number {
  return low + (high - low) * random();
}

/** Evenly on a logarithmic scale, so that a rate is as likely to be half as twice the middle. */
export function logBetween(low: number, high: number, random: () => number): number {
  return low === high ? low : Math.exp(between(Math.log(low), Math.log(high), random));
}

/** Time to the next event of a process without memory. */
export function exponential(mean: number, random: () => number): number {
  return -mean * Math.log(1 - random());
}

export function logNormal(median: number, sigma: number, random: () => number): number {
  // Box and Muller's transform.
  const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * gaussian);
}

/** @returns the place of an item in `weights`, each as likely as its weight says. */
export function pickWeighted(weights: readonly number[], random: () => number): number {
  let left = random() * weights.reduce((total, weight) => total + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
