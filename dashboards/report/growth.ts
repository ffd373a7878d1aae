/**
 * By how much a counter has grown over samples in order. Where it falls, its process has started anew, and has counted
 * from 0 since.
 *
 * @param before its value before the first of them.
 * @param isRestarted the process of the last sample is another one than that of `before`. Where no sample shows it,
 * nothing is known of what the old one counted after `before`, and all of the last sample is the new one's.
 */
export function growth(before: number, samples: readonly number[], isRestarted: boolean): number {
  let last = before;
  let grown = 0;
  let hasFallen = false;
  for (const value of samples) {
    hasFallen ||= value < last;
    grown += value < last ? value : value - last;
    last = value;
  }
  return isRestarted && !hasFallen && samples.length > 0 ? last : grown;
}
