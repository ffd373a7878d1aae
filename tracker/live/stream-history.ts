import { COHORTS, type Cohort } from "../../player/protocol/index.js";
import type { Totals } from "../reports/tally.js";
import { Buckets } from "./buckets.js";

/** Columns of a stream's history, in bytes. */
const COLUMNS = ["fromPeers", "fromOrigin", "wastedFromOrigin", "originSent"] as const;
export type Column = (typeof COLUMNS)[number];

/** What one stream's viewers have reported, and its origin has sent, over time. */
export class StreamHistory {
  readonly #buckets: Buckets;
  #seen: Record<"fromPeers" | "fromOrigin" | "wastedFromOrigin" | "reports", number> = {
    fromPeers: 0,
    fromOrigin: 0,
    wastedFromOrigin: 0,
    reports: 0,
  };
  /** `undefined` where nobody has reported. */
  lastReportMs: number | undefined;

  /** @param options.length in buckets. */
  constructor(options: { readonly length: number }) {
    this.#buckets = new Buckets({ columns: COLUMNS.length, length: options.length });
  }

  /** @param cohorts sums that only grow. */
  sample(cohorts: Readonly<Record<Cohort, Totals>>, nowMs: number, bucket: number): void {
    const sum = (of: (totals: Totals) => number) =>
      COHORTS.reduce((all, cohort) => all + of(cohorts[cohort]), 0);
    const reports = sum((totals) => totals.reports);
    if (reports === this.#seen.reports) return;
    const totals = {
      fromPeers: sum(({ bytesFromPeers }) => bytesFromPeers),
      fromOrigin: sum(({ bytesFromOrigin }) => bytesFromOrigin),
      wastedFromOrigin: sum(({ bytesWastedFromOrigin }) => bytesWastedFromOrigin),
    };
    for (const column of ["fromPeers", "fromOrigin", "wastedFromOrigin"] as const) {
      this.#add(bucket, column, totals[column] - this.#seen[column]);
    }
    this.#seen = { ...totals, reports };
    this.lastReportMs = nowMs;
  }

  sentByOrigin(bytes: number, bucket: number): void {
    this.#add(bucket, "originSent", bytes);
  }

  at(column: Column, bucket: number): number {
    return this.#buckets.at(bucket, COLUMNS.indexOf(column));
  }

  /** Over the buckets from `from` up to and without `to`. */
  sum(column: Column, from: number, to: number): number {
    return this.#buckets.sum(COLUMNS.indexOf(column), from, to);
  }

  #add(bucket: number, column: Column, bytes: number): void {
    this.#buckets.add(bucket, COLUMNS.indexOf(column), bytes);
  }
}
