import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import type { Cohort } from "../../player/protocol/index.js";
import { type ReportResult, TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { select } from "../promql.js";
import { MEDIA_DELIVERED } from "../rules/recording.js";
import { type Growth, readCounters } from "./counters.js";
import type { Grid } from "./grid.js";
import type { Prometheus } from "./prometheus.js";
import { coveredIntervals, readTargets, type Targets } from "./targets.js";

/** All that a report is made of: what Prometheus has of a period, by interval. */
export interface Measured {
  readonly grid: Grid;
  readonly targets: Targets;
  /** By interval: whether its figures are counted. */
  readonly isCovered: readonly boolean[];
  /** By `stream`, `cohort` and `source`. */
  readonly reportedBytes: readonly Growth[];
  /** Media that origins have sent, by `stream`. */
  readonly sentBytes: readonly Growth[];
  /** By `stream` and `cohort`. */
  readonly experience: Readonly<Record<Experience, readonly Growth[]>>;
  /** Reports by what was made of them. */
  readonly reports: ReadonlyMap<ReportResult, number>;
  /** Sessions that have claimed what cannot be. */
  readonly implausibleSessions: number;
}

const EXPERIENCE = {
  playedSeconds: TRACKER_METRICS.playedSeconds,
  stalledSeconds: TRACKER_METRICS.stalledSeconds,
  stalls: TRACKER_METRICS.stalls,
  startupSeconds: `${TRACKER_METRICS.startupSeconds}_sum`,
  startups: `${TRACKER_METRICS.startupSeconds}_count`,
  quickStartups: `${TRACKER_METRICS.startupSeconds}_bucket{le="2"}`,
  latencySeconds: `${TRACKER_METRICS.latencySeconds}_sum`,
  latencies: `${TRACKER_METRICS.latencySeconds}_count`,
} as const;
export type Experience = keyof typeof EXPERIENCE;

/** What players give as the source of bytes that they played. */
export const PLAYED_SOURCES: readonly string[] = ["peers", "origin"];

/** Cohorts that are compared. */
export const COMPARED = ["p2p", "holdout"] as const satisfies readonly Cohort[];

/**
 * @param onProgress called before each question, with the share of them that is answered.
 * @throws {PrometheusError}
 */
export async function measure(
  prometheus: Prometheus,
  grid: Grid,
  onProgress: (what: string, share: number) => void,
): Promise<Measured> {
  onProgress("servers", 0);
  const within = { grid, targets: await readTargets(prometheus, grid) };
  const isCovered = coveredIntervals(within.targets, grid);
  let answered = 1;
  const questions = Object.keys(EXPERIENCE).length + 5;
  const read = async (selector: string, ...by: string[]) => {
    onProgress(selector, answered / questions);
    answered += 1;
    const growths = await readCounters(prometheus, within, selector, by);
    return growths.map(({ labels, grown }) => ({
      labels,
      grown: grown.map((amount, step) => (isCovered[step] ? amount : 0)),
    }));
  };
  const reportedBytes = await read(TRACKER_METRICS.reportedBytes, "stream", "cohort", "source");
  const sentBytes = await read(select(ORIGIN_METRICS.responseBytes, MEDIA_DELIVERED), "stream");
  const experience: Partial<Record<Experience, readonly Growth[]>> = {};
  for (const [name, metric] of Object.entries(EXPERIENCE))
    experience[name as Experience] = await read(metric, "stream", "cohort");
  const reports = await read(TRACKER_METRICS.reports, "result");
  const implausible = await read(TRACKER_METRICS.implausibleSessions);
  return {
    ...within,
    isCovered,
    reportedBytes,
    sentBytes,
    experience: experience as Record<Experience, readonly Growth[]>,
    reports: new Map(
      reports.map(({ labels, grown }) => [labels.result as ReportResult, Math.round(totalOf(grown))]),
    ),
    implausibleSessions: Math.round(implausible.reduce((sum, { grown }) => sum + totalOf(grown), 0)),
  };
}

/** Adds those with these labels up, by interval. */
export function sumOf(
  growths: readonly Growth[],
  steps: number,
  isWanted: (labels: Growth["labels"]) => boolean,
): Float64Array {
  const sum = new Float64Array(steps);
  for (const { labels, grown } of growths)
    if (isWanted(labels))
      for (let step = 0; step < steps; step += 1) sum[step] = (sum[step] ?? 0) + (grown[step] ?? 0);
  return sum;
}

export function totalOf(grown: Float64Array): number {
  return grown.reduce((sum, amount) => sum + amount, 0);
}
