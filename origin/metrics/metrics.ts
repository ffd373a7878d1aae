import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import type { Served } from "../http/served.js";
import type { CacheOutcome } from "../upstream/object-cache.js";
import type { UpstreamFailure } from "../upstream/upstream-client.js";
import { ORIGIN_METRICS } from "./names.js";

/** The `stream` label of requests for streams that do not exist, so that clients cannot invent label values. */
export const UNKNOWN_STREAM = "unknown";

/** What the labels of both counters are made of. `other`: the path has no extension of a media file. */
export interface CountedResponse {
  stream: string;
  kind: Served["kind"] | "other";
  status: number;
  bytes: number;
}

export interface OriginMetrics {
  registry: Registry;
  count(response: CountedResponse): void;
  countCache(stream: string, outcome: CacheOutcome | "stale"): void;
  countUpstreamError(stream: string, reason: UpstreamFailure): void;
  countIngest(stream: string | undefined, status: number | "aborted"): void;
}

/** A registry of this origin's own, so that several origins can run in one process. */
export function createMetrics(): OriginMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ["stream", "kind", "status"] as const;
  const responseBytes = new Counter({
    name: ORIGIN_METRICS.responseBytes,
    help: "Body bytes sent below /hls/, without headers.",
    labelNames,
    registers: [registry],
  });
  const requests = new Counter({
    name: ORIGIN_METRICS.requests,
    help: "Responses below /hls/, finished or aborted by the client.",
    labelNames,
    registers: [registry],
  });
  const pushes = new Counter({
    name: ORIGIN_METRICS.ingestPushes,
    help: "Files and deletions that encoders pushed, by HTTP status or aborted.",
    labelNames: ["stream", "status"] as const,
    registers: [registry],
  });
  const cacheOutcomes = new Counter({
    name: ORIGIN_METRICS.upstreamCache,
    help: "Requests to upstream streams, by what the cache made of them.",
    labelNames: ["stream", "outcome"] as const,
    registers: [registry],
  });
  const upstreamErrors = new Counter({
    name: ORIGIN_METRICS.upstreamErrors,
    help: "Failures of upstreams.",
    labelNames: ["stream", "reason"] as const,
    registers: [registry],
  });
  return {
    registry,
    countCache: (stream, outcome) => cacheOutcomes.inc({ stream, outcome }),
    countUpstreamError: (stream, reason) => upstreamErrors.inc({ stream, reason }),
    countIngest: (stream = UNKNOWN_STREAM, status) => pushes.inc({ stream, status: String(status) }),
    count: ({ stream, kind, status, bytes }) => {
      const labels = { stream, kind, status: String(status) };
      requests.inc(labels);
      responseBytes.inc(labels, bytes);
    },
  };
}
