import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { TokenRefusal } from "../../player/protocol/access-token.js";
import type { ClientData } from "../cmcd/client-data.js";
import type { Served } from "../http/served.js";
import type { CacheOutcome } from "../upstream/object-cache.js";
import type { UpstreamFailure } from "../upstream/upstream-client.js";
import { instrumentsOf } from "./instruments.js";
import { ORIGIN_METRICS } from "./names.js";

/** The `stream` label of requests for streams that do not exist, so that clients cannot invent label values. */
export const UNKNOWN_STREAM = "unknown";

/** What the labels of both counters are made of. `other`: the path has no extension of a media file. */
export interface CountedResponse {
  stream: string;
  kind: Served["kind"] | "other";
  status: number;
  bytes: number;
  /** From the request's head to its response's end. */
  durationMs: number;
  /** From the request's head to the first byte of the body; `undefined` when none was sent. */
  firstByteMs: number | undefined;
}

export interface OriginMetrics {
  registry: Registry;
  count(response: CountedResponse): void;
  countRendered(stream: string): void;
  countIngest(stream: string | undefined, status: number | "aborted"): void;
  countCache(stream: string, outcome: CacheOutcome | "stale"): void;
  countUpstreamError(stream: string, reason: UpstreamFailure): void;
  countIssued(stream: string): void;
  countRefusedIssue(reason: "key" | "rate"): void;
  countRefusedViewer(stream: string, reason: TokenRefusal | "page"): void;
  countClientData(stream: string, data: ClientData): void;
  /** Reads these at each scrape. */
  watch(now: Watched): void;
}

/** What is read at each scrape. */
export interface Watched {
  connections(): number;
  memoryBytes(): number;
  /** Seconds by stream, for those that know. */
  ingestLag(): Iterable<[stream: string, seconds: number]>;
}

const RESPONSE_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];
const FIRST_BYTE_SECONDS = [0.0005, 0.002, 0.01, 0.05, 0.2, 1, 5];
const BUFFER_SECONDS = [0, 1, 2, 4, 8, 15, 30, 60];
const THROUGHPUT_BITS = [0.25e6, 0.5e6, 1e6, 2e6, 5e6, 10e6, 25e6, 100e6];

/** A registry of this origin's own, so that several origins can run in one process. */
export function createMetrics(): OriginMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counter, histogram, gauge } = instrumentsOf(registry);
  const names = ORIGIN_METRICS;
  const bytes = counter(
    names.responseBytes,
    "Body bytes below /hls/, without headers.",
    "stream",
    "kind",
    "status",
  );
  const requests = counter(
    names.requests,
    "Responses below /hls/, finished or aborted.",
    "stream",
    "kind",
    "status",
  );
  const segmentBytes = counter(names.segmentBytes, "Bytes of segments delivered.", "stream");
  const duration = histogram(
    names.responseSeconds,
    "To the response's end.",
    RESPONSE_SECONDS,
    "stream",
    "kind",
  );
  const firstByte = histogram(
    names.firstByteSeconds,
    "To the first byte.",
    FIRST_BYTE_SECONDS,
    "stream",
    "kind",
  );
  const rendered = counter(names.playlistsRendered, "Playlists rendered, once per change.", "stream");
  const pushes = counter(names.ingestPushes, "Files and deletions that encoders pushed.", "stream", "status");
  const cacheOutcomes = counter(names.upstreamCache, "Requests to upstream streams.", "stream", "outcome");
  const upstreamErrors = counter(names.upstreamErrors, "Failures of upstreams.", "stream", "reason");
  const issued = counter(names.tokensIssued, "Access tokens issued.", "stream");
  const issuesRefused = counter(names.issuesRefused, "Calls of POST /tokens refused.", "reason");
  const viewersRefused = counter(names.viewersRefused, "Viewers' requests refused.", "stream", "reason");
  const buffer = histogram(names.cmcdBuffer, "Buffer lengths that players report.", BUFFER_SECONDS, "stream");
  const throughput = histogram(
    names.cmcdThroughput,
    "Throughput that players report.",
    THROUGHPUT_BITS,
    "stream",
  );
  const starvations = counter(names.cmcdStarvations, "Requests after a buffer has run empty.", "stream");
  const startups = counter(names.cmcdStartups, "Requests that are needed urgently.", "stream");

  return {
    registry,
    count: (response) => {
      const { stream, kind } = response;
      const labels = { stream, kind, status: String(response.status) };
      requests.inc(labels);
      bytes.inc(labels, response.bytes);
      const isDelivered = response.status === 200 || response.status === 206;
      if (kind === "segment" && isDelivered) segmentBytes.inc({ stream }, response.bytes);
      duration.observe({ stream, kind }, response.durationMs / 1000);
      if (response.firstByteMs !== undefined)
        firstByte.observe({ stream, kind }, response.firstByteMs / 1000);
    },
    countRendered: (stream) => rendered.inc({ stream }),
    countIngest: (stream = UNKNOWN_STREAM, status) => pushes.inc({ stream, status: String(status) }),
    countCache: (stream, outcome) => cacheOutcomes.inc({ stream, outcome }),
    countUpstreamError: (stream, reason) => upstreamErrors.inc({ stream, reason }),
    countIssued: (stream) => issued.inc({ stream }),
    countRefusedIssue: (reason) => issuesRefused.inc({ reason }),
    countRefusedViewer: (stream, reason) => viewersRefused.inc({ stream, reason }),
    countClientData: (stream, { bufferSeconds, throughputBps, isStarved, isStartup }) => {
      if (bufferSeconds !== undefined) buffer.observe({ stream }, bufferSeconds);
      if (throughputBps !== undefined) throughput.observe({ stream }, throughputBps);
      if (isStarved) starvations.inc({ stream });
      if (isStartup) startups.inc({ stream });
    },
    watch: (now) => {
      gauge(names.connections, "Open TCP connections.", now.connections);
      gauge(names.memoryBytes, "Bytes of files held in memory.", now.memoryBytes);
      new Gauge({
        name: names.ingestLag,
        help: "How far the newest segment's end is behind the wall clock.",
        labelNames: ["stream"] as const,
        registers: [registry],
        collect() {
          this.reset();
          for (const [stream, seconds] of now.ingestLag()) this.set({ stream }, seconds);
        },
      });
    },
  };
}
