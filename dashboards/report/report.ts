import { type Comparison, compareCohorts, methodOf } from "./comparison.js";
import { pointMs } from "./grid.js";
import { type Measured, totalOf } from "./measured.js";
import { notesOn } from "./notes.js";
import {
  type Peaks,
  peaksOf,
  ratesOf,
  type Savings,
  type StreamSavings,
  savingsByStream,
  savingsOf,
} from "./savings.js";

/** What is written, in plain JSON: the page in the HTML file draws it. Times are milliseconds since 1970. */
export interface SavingsReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** The part of the period that all figures are of: there is something of both servers. */
  readonly coveredMs: number;
  /** Where the figures are from. */
  readonly prometheus: string;
  readonly price: Price;
  /** Of all streams that both players and origins have told of. */
  readonly total: Savings;
  readonly peaks: Peaks;
  readonly streams: readonly StreamSavings[];
  readonly comparison: Comparison;
  readonly method: string;
  readonly leftOut: {
    readonly sessions: number;
    readonly implausibleReports: number;
    readonly otherReports: number;
    readonly countedReports: number;
  };
  readonly timeline: Timeline;
  /** Sentences on what is missing or strange in the data. */
  readonly notes: readonly string[];
}

export interface Price {
  readonly perGB: number;
  readonly currency: string;
}

/** By interval; `null` where too little is known. */
export interface Timeline {
  /** Its end, in seconds since 1970. */
  readonly timeS: readonly number[];
  /** Bits per second. */
  readonly residual: readonly (number | null)[];
  readonly fromPeers: readonly (number | null)[];
  readonly withoutPeers: readonly (number | null)[];
}

/** @returns `undefined` where Prometheus has nothing of the period. */
export function reportOn(
  measured: Measured,
  { prometheus, price }: { prometheus: string; price: Price },
): SavingsReport | undefined {
  const { grid, reports } = measured;
  const streams = savingsByStream(measured, price.perGB);
  if (streams.length === 0 && measured.targets.size === 0) return undefined;
  const summed = new Set(streams.filter(({ leftOut }) => leftOut === null).map(({ stream }) => stream));
  const isSummed = (stream: string) => summed.has(stream);
  const rates = ratesOf(measured, isSummed);
  const comparison = compareCohorts(measured);
  const known = (bits: Float64Array) =>
    Array.from(bits, (rate, step) => (measured.isCovered[step] ? rate : null));
  const told = {
    fromMs: grid.fromMs,
    toMs: grid.toMs,
    stepMs: grid.stepMs,
    coveredMs: measured.isCovered.filter(Boolean).length * grid.stepMs,
    prometheus,
    price,
    total: savingsOf(measured, price.perGB, isSummed),
    peaks: peaksOf(rates, measured.isCovered),
    streams,
    comparison,
    method: methodOf(comparison),
    leftOut: {
      sessions: measured.implausibleSessions,
      implausibleReports: reports.get("implausible") ?? 0,
      otherReports: (reports.get("too_often") ?? 0) + (reports.get("refused") ?? 0),
      countedReports: reports.get("new") ?? 0,
    },
    timeline: {
      timeS: Array.from(rates.residual, (_, step) => pointMs(grid, step + 1) / 1000),
      residual: known(rates.residual),
      fromPeers: known(rates.fromPeers),
      withoutPeers: known(rates.withoutPeers),
    },
  };
  const hasHoldout = measured.experience.playedSeconds.some(
    ({ labels, grown }) => labels.cohort === "holdout" && totalOf(grown) > 0,
  );
  return { ...told, notes: notesOn(measured, told, hasHoldout) };
}
