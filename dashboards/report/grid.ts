const SHORTEST_MS = 60_000;
/** CDNs bill by rates over five minutes. */
const LONGEST_MS = 300_000;
const WANTED_STEPS = 72;

/** A period in equal intervals. Interval `n`, from 1, lies between the points `n - 1` and `n`. */
export interface Grid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** Intervals of one to five minutes; a period of less than a minute is one interval. */
export function gridOf(fromMs: number, toMs: number): Grid {
  const lengthMs = toMs - fromMs;
  const wantedMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, lengthMs / WANTED_STEPS));
  const steps = Math.max(1, Math.round(lengthMs / wantedMs));
  const stepMs = Math.floor(lengthMs / steps);
  return { fromMs: toMs - steps * stepMs, toMs, stepMs, steps };
}

export function pointMs({ fromMs, stepMs }: Grid, point: number): number {
  return fromMs + point * stepMs;
}
