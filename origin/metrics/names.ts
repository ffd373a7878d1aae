/** Names of the origin's metrics; dashboards take them from here. */
export const ORIGIN_METRICS = {
  /** Body bytes that the operating system accepted, by `stream`, `kind` and `status`. */
  responseBytes: "nearcast_origin_response_bytes_total",
  /** Finished or aborted responses below `/hls/`, by `stream`, `kind` and `status`. */
  requests: "nearcast_origin_requests_total",
  /** Pushes by encoders, by `stream` and `status`: an HTTP status, or `aborted`. */
  ingestPushes: "nearcast_origin_ingest_pushes_total",
  /** Requests to upstream streams by `stream` and `outcome`: hit, miss, collapsed or stale. */
  upstreamCache: "nearcast_origin_upstream_cache_total",
  /** Failures of upstreams, by `stream` and `reason`. */
  upstreamErrors: "nearcast_origin_upstream_errors_total",
} as const;
