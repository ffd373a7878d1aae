import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { PROCESS_METRICS } from "../process-metrics.js";
import { type Grid, pointMs } from "./grid.js";
import type { GridSeries, Labels, Prometheus } from "./prometheus.js";

/** A server that Prometheus has scraped within the period. */
export interface Target {
  readonly kind: "tracker" | "origin";
  /** As Prometheus calls it, `host:port`. */
  readonly instance: string;
  /** By point: whether it answered. */
  readonly isPresent: readonly boolean[];
  /** By point: when its process started, in seconds since 1970; `NaN` where that is not known. */
  readonly startedS: Float64Array;
}

/** By {@link targetKey}. */
export type Targets = ReadonlyMap<string, Target>;

/** Clocks are corrected now and then; a difference of so little is no other start. */
const SAME_START_S = 5;

/** Metrics that each server always has, and no other program does. */
const MARKS = { tracker: TRACKER_METRICS.sockets, origin: ORIGIN_METRICS.connections } as const;

/** @throws {PrometheusError} */
export async function readTargets(prometheus: Prometheus, grid: Grid): Promise<Targets> {
  const starts = new Map<string, GridSeries>();
  const either = Object.values(MARKS).join(" or ");
  const started = `max by (job, instance) (${PROCESS_METRICS.startSeconds}) and on (job, instance) (${either})`;
  for (const series of await prometheus.onGrid(started, grid)) starts.set(targetKey(series.labels), series);
  const targets = new Map<string, Target>();
  for (const kind of ["tracker", "origin"] as const) {
    for (const { labels, values } of await prometheus.onGrid(`max by (job, instance) (${MARKS[kind]})`, grid))
      targets.set(targetKey(labels), {
        kind,
        instance: labels.instance ?? "?",
        isPresent: Array.from(values, (value) => !Number.isNaN(value)),
        startedS: starts.get(targetKey(labels))?.values ?? new Float64Array(grid.steps + 1).fill(Number.NaN),
      });
  }
  return targets;
}

/**
 * By interval: whether something is known of each kind of server that there is. Elsewhere one count would go on without
 * the other, which looks like savings or like their opposite.
 */
export function coveredIntervals(targets: Targets, grid: Grid): boolean[] {
  const all = [...targets.values()];
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  return Array.from({ length: grid.steps }, (_, interval) =>
    kinds.every((kind) => all.some((target) => target.kind === kind && isKnown(target, interval + 1, grid))),
  );
}

/** Whether a server tells what it has counted in the interval that ends at this point. */
export function isKnown(target: Target, point: number, grid: Grid): boolean {
  if (target.isPresent[point] !== true) return false;
  return target.isPresent[point - 1] === true || isStartedWithin(target, point, grid);
}

/** Whether the process that answers at this point was started in the interval before it. */
export function isStartedWithin({ startedS }: Target, point: number, grid: Grid): boolean {
  return (startedS[point] ?? 0) * 1000 >= pointMs(grid, point - 1);
}

export function targetKey({ job = "", instance = "" }: Labels): string {
  return JSON.stringify([job, instance]);
}

/** Whether another process answers at one point than at an earlier one. Without a start to compare nobody can tell. */
export function isRestarted(target: Target | undefined, from: number, to: number): boolean {
  const [before, after] = [target?.startedS[from], target?.startedS[to]];
  return before !== undefined && after !== undefined && Math.abs(after - before) > SAME_START_S;
}

/** Times that a process of this target was replaced by another one. */
export function restarts(target: Target): number {
  let count = 0;
  let last: number | undefined;
  target.startedS.forEach((startedS, point) => {
    if (Number.isNaN(startedS)) return;
    if (last !== undefined && isRestarted(target, last, point)) count += 1;
    last = point;
  });
  return count;
}
