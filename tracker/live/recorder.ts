import { COHORTS, type Cohort, type StreamName } from "../../player/protocol/index.js";
import { nothing, type Totals } from "../reports/tally.js";
import type { History, OriginStatus, Rates, RecentCount } from "./feed.js";
import type { OriginEgress } from "./origin-egress.js";
import { RecentCounts } from "./recent-counts.js";
import { type Column, StreamHistory } from "./stream-history.js";

type Cohorts = Readonly<Record<Cohort, Totals>>;

const HISTORY_BUCKETS = 720;
/** Three reports of each viewer: fewer would show when they come rather than what they say. */
const WINDOW_BUCKETS = 6;
const RECENT_BUCKETS = 60;
/** Streams whose history is kept; those beyond are in the sum of all. */
const MAX_STREAMS = 1000;

export interface RecorderOptions {
  readonly now: () => number;
  readonly reportIntervalS: number;
  /** Sums of reports that only grow. */
  readonly totals: () => ReadonlyMap<StreamName, Cohorts>;
  readonly introductions: () => ReadonlyMap<string, number>;
  readonly refusals: () => ReadonlyMap<string, number>;
  readonly reports: () => ReadonlyMap<string, number>;
  /** Absent where the tracker was not told where the origin's metrics are. */
  readonly egress?: OriginEgress | undefined;
  /** Why reports are missing, so that they cannot be compared with what the origin has sent; `undefined` where none is. */
  readonly whyPartial?: () => string | undefined;
}

/** Remembers for the live page how the tracker's counts grew over the last while. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #startedMs: number;
  /** Half of a report's interval: each viewer reports in every second one. */
  readonly stepS: number;
  readonly #streams = new Map<StreamName, StreamHistory>();
  readonly #introductions: RecentCounts;
  readonly #refusals: RecentCounts;
  readonly #reports: RecentCounts;
  /** Buckets for which it is known what the origin sent. */
  readonly #known = new Set<number>();
  #origin: OriginStatus;
  #lastLook = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#startedMs = options.now();
    this.stepS = options.reportIntervalS / 2;
    this.#origin =
      options.egress === undefined
        ? { state: "unknown" }
        : { state: "failing", because: "The origin has not answered yet" };
    const length = RECENT_BUCKETS;
    this.#introductions = new RecentCounts(options.introductions, { length });
    this.#refusals = new RecentCounts(options.refusals, { length });
    this.#reports = new RecentCounts(options.reports, { length });
  }

  get uptimeS(): number {
    return (this.#options.now() - this.#startedMs) / 1000;
  }

  get windowS(): number {
    return WINDOW_BUCKETS * this.stepS;
  }

  get recentS(): number {
    return RECENT_BUCKETS * this.stepS;
  }

  get origin(): OriginStatus {
    return this.#origin;
  }

  /** Streams that somebody has reported on, or that the origin has sent something of. */
  get streams(): Iterable<StreamName> {
    return this.#streams.keys();
  }

  /** To be called more often than a bucket is long. */
  sample(): void {
    const nowMs = this.#options.now();
    const bucket = this.#bucketAt(nowMs);
    for (const [stream, cohorts] of this.#options.totals()) {
      this.#historyOf(stream)?.sample(cohorts, nowMs, bucket);
    }
    for (const counts of [this.#introductions, this.#refusals, this.#reports]) counts.sample(nowMs, bucket);
    if (bucket > this.#lastLook) {
      this.#lastLook = bucket;
      void this.#lookAtOrigin(bucket - 1);
    }
  }

  /** Buckets before this one will not change any more. With an origin, its answer for the last one may be under way. */
  get end(): number {
    const bucket = this.#bucketAt(this.#options.now());
    return Math.max(0, this.#options.egress === undefined ? bucket : bucket - 1);
  }

  lastReportAgoS(stream: string | undefined): number | null {
    const last = Math.max(...this.#histories(stream).map(({ lastReportMs }) => lastReportMs ?? -Infinity));
    return last === -Infinity ? null : (this.#options.now() - last) / 1000;
  }

  /** @param stream absent: all. */
  rates(stream: string | undefined): Rates | null {
    const end = this.end;
    const from = end - WINDOW_BUCKETS;
    if (from < 0) return null;
    const histories = this.#histories(stream);
    const rate = (column: Column) => sumOf(histories, (one) => one.sum(column, from, end)) / this.windowS;
    const isKnown = Array.from({ length: WINDOW_BUCKETS }, (_, index) => from + index).every((bucket) =>
      this.#known.has(bucket),
    );
    return {
      fromPeers: rate("fromPeers"),
      fromOrigin: rate("fromOrigin"),
      wastedFromOrigin: rate("wastedFromOrigin"),
      originSent: isKnown ? rate("originSent") : null,
    };
  }

  /**
   * @param stream absent: all.
   * @param since the first bucket that is wanted.
   */
  history(stream: string | undefined, since: number): History {
    const end = this.end;
    const from = Math.max(0, since, end - HISTORY_BUCKETS);
    const buckets = Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index);
    const histories = this.#histories(stream);
    const column = (name: Column) =>
      buckets.map((bucket) => sumOf(histories, (history) => history.at(name, bucket)));
    const sent = column("originSent");
    return {
      ...(stream !== undefined && { stream }),
      stepS: this.stepS,
      endedAgoS: this.uptimeS - end * this.stepS,
      fromPeers: column("fromPeers"),
      fromOrigin: column("fromOrigin"),
      wastedFromOrigin: column("wastedFromOrigin"),
      originSent: buckets.map((bucket, index) => (this.#known.has(bucket) ? (sent[index] ?? 0) : null)),
    };
  }

  /** @param stream absent: all. */
  cohorts(stream: string | undefined): Cohorts {
    const totals = this.#options.totals();
    const chosen =
      stream === undefined ? [...totals.values()] : [totals.get(stream as StreamName) ?? []].flat();
    return Object.fromEntries(
      COHORTS.map((cohort) => [cohort, addUp(chosen.map((cohorts) => cohorts[cohort]))]),
    ) as Record<Cohort, Totals>;
  }

  counts(): Record<"introductions" | "refusals" | "reports", readonly RecentCount[]> {
    const nowMs = this.#options.now();
    return {
      introductions: this.#introductions.counts(nowMs),
      refusals: this.#refusals.counts(nowMs).filter(({ total }) => total > 0),
      reports: this.#reports.counts(nowMs),
    };
  }

  async #lookAtOrigin(bucket: number): Promise<void> {
    const egress = await this.#options.egress?.look();
    if (egress === undefined) return;
    const because = egress.state === "failing" ? egress.because : this.#options.whyPartial?.();
    if (egress.state === "failing" || because !== undefined) {
      this.#origin = { state: "failing", because: because ?? "" };
      return;
    }
    this.#origin = { state: "answering" };
    if (egress.state === "begun") return;
    this.#known.add(bucket);
    for (const oldest of this.#known) {
      if (this.#known.size <= HISTORY_BUCKETS + WINDOW_BUCKETS) break;
      this.#known.delete(oldest);
    }
    for (const [stream, bytes] of egress.bytes) {
      if (bytes > 0) this.#historyOf(stream)?.sentByOrigin(bytes, bucket);
    }
  }

  #bucketAt(nowMs: number): number {
    return Math.floor((nowMs - this.#startedMs) / 1000 / this.stepS);
  }

  #historyOf(stream: StreamName): StreamHistory | undefined {
    let history = this.#streams.get(stream);
    if (history === undefined && this.#streams.size < MAX_STREAMS) {
      history = new StreamHistory({ length: HISTORY_BUCKETS });
      this.#streams.set(stream, history);
    }
    return history;
  }

  #histories(stream: string | undefined): StreamHistory[] {
    return stream === undefined
      ? [...this.#streams.values()]
      : [this.#streams.get(stream as StreamName) ?? []].flat();
  }
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function addUp(parts: readonly Totals[]): Totals {
  const sum = nothing();
  for (const part of parts) for (const name of Object.keys(sum) as (keyof Totals)[]) sum[name] += part[name];
  return sum;
}
