const STEPS = [1, 2, 5, 10];
const MAX_INTERVALS = 4;

/**
 * Round values from 0 to at least `max`, two to five of them.
 *
 * @param smallest the last value where `max` is less.
 */
export function axisTicks(max: number, smallest: number): number[] {
  const rawStep = Math.max(max, smallest) / MAX_INTERVALS;
  const magnitude = 10 ** Math.floor(Math.log10(rawStep));
  const step = magnitude * (STEPS.find((factor) => factor * magnitude >= rawStep) ?? 10);
  const intervals = Math.ceil(Math.max(max, smallest) / step);
  return Array.from({ length: intervals + 1 }, (_, index) => index * step);
}
