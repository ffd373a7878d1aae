import type { Figures } from "../result/figures.js";
import type { LoadResult } from "../result/result.js";

/** A figure over replicas: the middle one and the extremes. */
export interface Range {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What a provider may expect. */
export interface Outlook {
  readonly replicas: number;
  /** Real viewers for each simulated one. */
  readonly scale: number;
  readonly currency: string;
  readonly viewers: number;
  readonly offload: Range;
  readonly residualPeakMbps: Range;
  readonly withoutPeersPeakMbps: Range;
  readonly cost: Range;
  readonly costWithoutPeers: Range;
  readonly saved: Range;
  readonly stallRatio: Range;
  readonly startupMedianMs: Range;
}

/** @param scale real viewers for each simulated one. */
export function outlookOf(results: readonly LoadResult[], scale: number): Outlook {
  const range = (of: (figures: Figures) => number): Range => {
    const values = results.map(({ figures }) => of(figures)).sort((a, b) => a - b);
    const at = (index: number) => values[index] ?? 0;
    return { median: at(Math.floor((values.length - 1) / 2)), low: at(0), high: at(values.length - 1) };
  };
  return {
    replicas: results.length,
    scale,
    currency: results[0]?.scenario.price.currency ?? "",
    viewers: Math.round(Math.max(...results.map(({ figures }) => figures.peakViewers)) * scale),
    offload: range(({ offload }) => offload),
    residualPeakMbps: range(({ residualPeakMbps }) => residualPeakMbps * scale),
    withoutPeersPeakMbps: range(({ withoutPeersPeakMbps }) => withoutPeersPeakMbps * scale),
    cost: range(({ cost }) => cost * scale),
    costWithoutPeers: range(({ costWithoutPeers }) => costWithoutPeers * scale),
    saved: range(({ cost, costWithoutPeers }) => (costWithoutPeers - cost) * scale),
    stallRatio: range(({ stallRatio }) => stallRatio),
    startupMedianMs: range(({ startupMedianMs }) => startupMedianMs ?? 0),
  };
}

/** Rows for a table: what it is, the median, and the range. */
export function outlookRows(outlook: Outlook): [string, string, string][] {
  const row = (label: string, range: Range, show: (value: number) => string): [string, string, string] => [
    label,
    show(range.median),
    `${show(range.low)} – ${show(range.high)}`,
  ];
  const percent = (digits: number) => (value: number) => `${(value * 100).toFixed(digits)} %`;
  const rate = (mbps: number) =>
    mbps < 1_000 ? `${mbps.toFixed(0)} Mbit/s` : `${(mbps / 1_000).toFixed(2)} Gbit/s`;
  const money = (value: number) => `${value.toFixed(2)} ${outlook.currency}`;
  return [
    row("offload", outlook.offload, percent(1)),
    row("peak from the origin", outlook.residualPeakMbps, rate),
    row("peak without peers", outlook.withoutPeersPeakMbps, rate),
    row("cost", outlook.cost, money),
    row("cost without peers", outlook.costWithoutPeers, money),
    row("saved", outlook.saved, money),
    row("time stalled", outlook.stallRatio, percent(3)),
    row("startup, median", outlook.startupMedianMs, (ms) => `${ms.toFixed(0)} ms`),
  ];
}
