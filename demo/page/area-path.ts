/** A stripe of an area chart at one x, in pixels. */
export interface Stripe {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** Data of an SVG path: along the tops, back along the bottoms. */
export function areaPath(stripes: readonly Stripe[]): string {
  if (stripes.length === 0) return "";
  const tops = stripes.map(({ x, top }) => `${round(x)},${round(top)}`);
  const bottoms = stripes.map(({ x, bottom }) => `${round(x)},${round(bottom)}`).reverse();
  return `M${[...tops, ...bottoms].join("L")}Z`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
