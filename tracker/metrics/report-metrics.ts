import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Report, StreamName } from "../../player/protocol/index.js";
import type { StreamLabels } from "../reports/stream-labels.js";
import { REPORT_RESULTS, type ReportResult, TRACKER_METRICS } from "./catalogue.js";

const STREAM = ["stream", "cohort"] as const;

/** What players report, by stream and cohort. */
export class ReportMetrics {
  readonly #labels: StreamLabels;
  /** Reports by what was made of them. */
  readonly results = new Map<ReportResult, number>(REPORT_RESULTS.map((result) => [result, 0]));
  readonly #bytes: Counter<"stream" | "cohort" | "source">;
  readonly #played: Counter<"stream" | "cohort">;
  readonly #stalls: Counter<"stream" | "cohort">;
  readonly #stalled: Counter<"stream" | "cohort">;
  readonly #failures: Counter<"stream" | "cohort">;
  readonly #startup: Histogram<"stream" | "cohort">;
  readonly #latency: Histogram<"stream" | "cohort">;
  readonly #unaccounted: Gauge<"stream">;

  constructor(registry: Registry, labels: StreamLabels) {
    this.#labels = labels;
    const registers = [registry];
    const counter = (name: string, help: string) =>
      new Counter({ name, help, labelNames: STREAM, registers });
    const { results } = this;
    new Counter({
      name: TRACKER_METRICS.reports,
      help: "Reports by what was made of them.",
      labelNames: ["result"],
      registers,
      collect() {
        this.reset();
        for (const [result, count] of results) this.inc({ result }, count);
      },
    });
    this.#bytes = new Counter({
      name: TRACKER_METRICS.reportedBytes,
      help: "Bytes that players report, by what became of them.",
      labelNames: [...STREAM, "source"],
      registers,
    });
    this.#played = counter(TRACKER_METRICS.playedSeconds, "Seconds played.");
    this.#stalls = counter(TRACKER_METRICS.stalls, "Interruptions of playback.");
    this.#stalled = counter(TRACKER_METRICS.stalledSeconds, "Seconds in which playback was interrupted.");
    this.#failures = counter(TRACKER_METRICS.integrityFailures, "Segments from peers with wrong bytes.");
    this.#startup = new Histogram({
      name: TRACKER_METRICS.startupSeconds,
      help: "From the wish to play to the first frame.",
      labelNames: STREAM,
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
      registers,
    });
    this.#latency = new Histogram({
      name: TRACKER_METRICS.latencySeconds,
      help: "Behind the live edge, at each report.",
      labelNames: STREAM,
      buckets: [2, 4, 6, 8, 12, 18, 30, 60],
      registers,
    });
    this.#unaccounted = new Gauge({
      name: TRACKER_METRICS.unaccountedUploadBytes,
      help: "Reported uploads less reported downloads from peers; far from 0, somebody lies.",
      labelNames: ["stream"],
      registers,
    });
  }

  /** Adds the count of sessions that are not believed. */
  implausibleSessions(registry: Registry, read: () => number): void {
    new Counter({
      name: TRACKER_METRICS.implausibleSessions,
      help: "Sessions that have claimed what cannot be.",
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  received(result: ReportResult): void {
    this.results.set(result, (this.results.get(result) ?? 0) + 1);
  }

  add(report: Report): void {
    const { bytes } = report;
    const labels = { stream: this.#labels.of(report.stream), cohort: report.cohort };
    const sources: readonly (readonly [string, number])[] = [
      ["peers", bytes.fromPeers],
      ["origin", bytes.fromOrigin],
      ["uploaded", bytes.uploaded],
      ["rejected", bytes.rejected],
      ["wasted_peers", bytes.wastedFromPeers],
      ["wasted_origin", bytes.wastedFromOrigin],
    ];
    for (const [source, count] of sources) this.#bytes.inc({ ...labels, source }, count);
    this.#played.inc(labels, report.playedS);
    this.#stalls.inc(labels, report.stalls);
    this.#stalled.inc(labels, report.stalledS);
    this.#failures.inc(labels, report.integrity.failures);
    if (report.startupMs !== undefined) this.#startup.observe(labels, report.startupMs / 1000);
    if (report.latencyS !== undefined) this.#latency.observe(labels, report.latencyS);
  }

  unaccounted(stream: StreamName, bytes: number): void {
    this.#unaccounted.set({ stream: this.#labels.of(stream) }, bytes);
  }
}
