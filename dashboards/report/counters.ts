import type { Grid } from "./grid.js";
import { growth } from "./growth.js";
import { type GridSeries, keyOf, type Labels, type Prometheus } from "./prometheus.js";
import { isRestarted, isStartedWithin, type Target, type Targets, targetKey } from "./targets.js";

/** What counters have grown by, over all servers. */
export interface Growth {
  /** Those that were asked for. */
  readonly labels: Labels;
  /** By interval, from 0. */
  readonly grown: Float64Array;
}

/**
 * Reads counters exactly, by their values instead of `increase()`, which extrapolates: at each point of the grid, and
 * sample by sample where a process ended or started.
 *
 * @param by labels that stay; the others are added up.
 * @throws {PrometheusError}
 */
export async function readCounters(
  prometheus: Prometheus,
  { grid, targets }: { grid: Grid; targets: Targets },
  selector: string,
  by: readonly string[],
): Promise<Growth[]> {
  const series = await prometheus.onGrid(selector, grid);
  const targetOf = ({ labels }: GridSeries) => targets.get(targetKey(labels));
  const samples = new Map<string, readonly number[]>();
  const broken = new Set(series.flatMap((one) => brokenIntervals(one.values, targetOf(one))));
  for (const interval of broken)
    for (const { labels, values } of await prometheus.raw(selector, grid, interval))
      samples.set(`${interval} ${keyOf(labels)}`, values);
  const sums = new Map<string, Growth>();
  for (const one of series) {
    const labels = Object.fromEntries(by.map((name) => [name, one.labels[name] ?? ""]));
    const key = keyOf(labels);
    const sum = sums.get(key) ?? { labels, grown: new Float64Array(grid.steps) };
    sums.set(key, sum);
    const ofInterval = (interval: number) => samples.get(`${interval} ${keyOf(one.labels)}`) ?? [];
    addGrowth(sum.grown, one.values, targetOf(one), grid, ofInterval);
  }
  return [...sums.values()];
}

/** Intervals in which a series vanishes or begins anew. */
function brokenIntervals(values: Float64Array, target: Target | undefined): number[] {
  const broken: number[] = [];
  for (let point = 1; point < values.length; point += 1) {
    const [before, now] = [values[point - 1] as number, values[point] as number];
    if (Number.isNaN(before)) continue;
    if (Number.isNaN(now) || now < before || isRestarted(target, point - 1, point)) broken.push(point);
  }
  return broken;
}

function addGrowth(
  grown: Float64Array,
  values: Float64Array,
  target: Target | undefined,
  grid: Grid,
  samplesOf: (interval: number) => readonly number[],
): void {
  let last: { point: number; value: number } | undefined;
  const add = (amount: number, from: number, to: number) => {
    // Nobody knows when within a gap it was; it must not look like a peak at its end.
    for (let interval = from; interval < to; interval += 1)
      grown[interval] = (grown[interval] ?? 0) + amount / (to - from);
  };
  values.forEach((value, point) => {
    const isHere = !Number.isNaN(value);
    if (last === undefined) {
      if (isHere && point > 0 && isBornWithin(target, point, grid)) add(value, point - 1, point);
    } else if (
      last.point === point - 1 &&
      (!isHere || value < last.value || isRestarted(target, point - 1, point))
    ) {
      const samples = [...samplesOf(point), ...(isHere ? [value] : [])];
      add(growth(last.value, samples, isRestarted(target, point - 1, point)), point - 1, point);
      if (!isHere) last = { point, value: samples.at(-1) ?? last.value };
    } else if (isHere) {
      add(growth(last.value, [value], isRestarted(target, last.point, point)), last.point, point);
    }
    if (isHere) last = { point, value };
  });
}

/**
 * Whether a counter that is seen for the first time has counted from 0 within the interval: its server had been asked
 * before without having it, or was started since. Otherwise it has counted for nobody knows how long.
 */
function isBornWithin(target: Target | undefined, point: number, grid: Grid): boolean {
  if (target === undefined) return false;
  return target.isPresent[point - 1] === true || isStartedWithin(target, point, grid);
}
