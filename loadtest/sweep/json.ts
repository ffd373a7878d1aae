import type { SweepPoint } from "./sweep.js";

/** The figures of all simulations of a sweep that are done; `isPartial` where some are not. */
export function sweepJson(command: string, points: readonly SweepPoint[], replicas: number): string {
  const isPartial = points.some(({ results }) => results.length < replicas);
  const written = points.map(({ results, ...place }) => ({
    ...place,
    figures: results.map(({ figures }) => figures),
  }));
  return `${JSON.stringify({ command, isPartial, points: written })}\n`;
}
