/**
 * Origin copies of each segment that belongs to the steady part of a run.
 *
 * @param copyTimes when each complete copy of a segment went out.
 * @param span segments whose first copy went out within it are counted, with all their copies: not those of the start,
 * when peers have yet to meet, nor those of the end, which others would still have asked for.
 */
export function settledCopies(
  copyTimes: ReadonlyMap<string, readonly number[]>,
  span: { readonly fromMs: number; readonly untilMs: number },
): number[] {
  return [...copyTimes.values()]
    .filter((times) => {
      const firstMs = Math.min(...times);
      return firstMs > span.fromMs && firstMs <= span.untilMs;
    })
    .map((times) => times.length);
}
