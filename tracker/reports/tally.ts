import { COHORTS, type Cohort, type Report, type StreamName } from "../../player/protocol/index.js";
import type { ReportMetrics } from "../metrics/report-metrics.js";

/** Sums of the reports of one stream and cohort. */
export interface Totals {
  bytesFromPeers: number;
  bytesFromOrigin: number;
  bytesUploaded: number;
  bytesRejected: number;
  bytesWasted: number;
  /** The part of `bytesWasted` that the origin has sent. */
  bytesWastedFromOrigin: number;
  playedS: number;
  stalls: number;
  stalledS: number;
  startups: number;
  startupMs: number;
  integrityFailures: number;
  /** Peers that viewers were connected to, at each report. */
  peersConnected: number;
  reports: number;
}

/** Streams whose sums are kept; those beyond are only counted in the metrics. */
const MAX_STREAMS = 1000;

/** Adds reports up, by stream and cohort. */
export class Tally {
  readonly #streams = new Map<StreamName, Record<Cohort, Totals>>();
  readonly #metrics: ReportMetrics;

  constructor(metrics: ReportMetrics) {
    this.#metrics = metrics;
  }

  add(report: Report): void {
    this.#metrics.add(report);
    let cohorts = this.#streams.get(report.stream);
    if (cohorts === undefined) {
      if (this.#streams.size >= MAX_STREAMS) return;
      cohorts = { p2p: nothing(), holdout: nothing(), off: nothing() };
      this.#streams.set(report.stream, cohorts);
    }
    const { bytes, startupMs } = report;
    const totals = cohorts[report.cohort];
    totals.bytesFromPeers += bytes.fromPeers;
    totals.bytesFromOrigin += bytes.fromOrigin;
    totals.bytesUploaded += bytes.uploaded;
    totals.bytesRejected += bytes.rejected;
    totals.bytesWasted += bytes.wastedFromPeers + bytes.wastedFromOrigin;
    totals.bytesWastedFromOrigin += bytes.wastedFromOrigin;
    totals.playedS += report.playedS;
    totals.stalls += report.stalls;
    totals.stalledS += report.stalledS;
    totals.startups += startupMs === undefined ? 0 : 1;
    totals.startupMs += startupMs ?? 0;
    totals.integrityFailures += report.integrity.failures;
    totals.peersConnected += report.peersConnected;
    totals.reports += 1;
    this.#compareUploads(report);
  }

  get totals(): ReadonlyMap<StreamName, Readonly<Record<Cohort, Totals>>> {
    return this.#streams;
  }

  #compareUploads(report: Report): void {
    const cohorts = this.#streams.get(report.stream);
    if (cohorts !== undefined) this.#metrics.unaccounted(report.stream, unaccountedUploads(cohorts));
  }
}

/** Wasted bytes are not told apart by source: those from peers are somewhere between none and all of them. */
export function unaccountedUploads(cohorts: Readonly<Record<Cohort, Totals>>): number {
  const sum = (read: (totals: Totals) => number) =>
    COHORTS.reduce((all, cohort) => all + read(cohorts[cohort]), 0);
  const uploaded = sum(({ bytesUploaded }) => bytesUploaded);
  const least = sum(({ bytesFromPeers, bytesRejected }) => bytesFromPeers + bytesRejected);
  const most = least + sum(({ bytesWasted }) => bytesWasted);
  return uploaded > most ? uploaded - most : Math.min(0, uploaded - least);
}

export function nothing(): Totals {
  return {
    bytesFromPeers: 0,
    bytesFromOrigin: 0,
    bytesUploaded: 0,
    bytesRejected: 0,
    bytesWasted: 0,
    bytesWastedFromOrigin: 0,
    playedS: 0,
    stalls: 0,
    stalledS: 0,
    startups: 0,
    startupMs: 0,
    integrityFailures: 0,
    peersConnected: 0,
    reports: 0,
  };
}
