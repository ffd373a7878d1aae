/** Everybody comes within the first tenth of the time; where nothing better is known. */
export function plainCurve(viewers: number, durationS: number): [atS: number, viewers: number][] {
  return [
    [0, 0],
    [durationS / 10, viewers],
    [durationS, viewers],
  ];
}
