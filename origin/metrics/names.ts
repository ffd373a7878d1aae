/** Names of the origin's metrics; dashboards take them from here. `stream` is a configured stream's name, or `unknown`. */
export const ORIGIN_METRICS = {
  /** Body bytes that the operating system accepted, by `stream`, `kind` and `status`. */
  responseBytes: "nearcast_origin_response_bytes_total",
  /** Finished or aborted responses below `/hls/`, by `stream`, `kind` and `status`. */
  requests: "nearcast_origin_requests_total",
  /** Bytes of segments delivered with 200 or 206, by `stream`: what peers have not saved. */
  segmentBytes: "nearcast_origin_segment_bytes_total",
  /** Histogram of seconds from a request to the end of its response, by `stream` and `kind`. */
  responseSeconds: "nearcast_origin_response_seconds",
  /** Histogram of seconds from a request to the first byte of its body, by `stream` and `kind`. */
  firstByteSeconds: "nearcast_origin_first_byte_seconds",
  /** Playlists rendered, tagged and signed, by `stream`: once per change, however many viewers poll. */
  playlistsRendered: "nearcast_origin_playlists_rendered_total",
  /** Pushes by encoders, by `stream` and `status`: an HTTP status, or `aborted`. */
  ingestPushes: "nearcast_origin_ingest_pushes_total",
  /** Seconds by which the newest segment's end, by its program date time, is behind the wall clock, by `stream`. */
  ingestLag: "nearcast_origin_ingest_lag_seconds",
  /** Requests to upstream streams by `stream` and `outcome`: hit, miss, collapsed or stale. */
  upstreamCache: "nearcast_origin_upstream_cache_total",
  /** Failures of upstreams, by `stream` and `reason`. */
  upstreamErrors: "nearcast_origin_upstream_errors_total",
  /** Access tokens issued by `POST /tokens`, by `stream`. */
  tokensIssued: "nearcast_origin_tokens_issued_total",
  /** Calls of `POST /tokens` refused, by `reason`: key or rate. */
  issuesRefused: "nearcast_origin_token_issues_refused_total",
  /** Viewers' requests refused, by `stream` and `reason`: why the token is, or page. */
  viewersRefused: "nearcast_origin_viewers_refused_total",
  /** Open TCP connections. */
  connections: "nearcast_origin_connections",
  /** Bytes of files held in memory. */
  memoryBytes: "nearcast_origin_file_memory_bytes",
  /** Histogram of players' buffer lengths in seconds as they report them (CMCD `bl`), by `stream`. */
  cmcdBuffer: "nearcast_origin_cmcd_buffer_seconds",
  /** Histogram of throughput in bits per second as players measure it (CMCD `mtp`), by `stream`. */
  cmcdThroughput: "nearcast_origin_cmcd_throughput_bits_per_second",
  /** Requests by players whose buffer has run empty since the one before (CMCD `bs`), by `stream`. */
  cmcdStarvations: "nearcast_origin_cmcd_starvations_total",
  /** Requests that players need urgently to start, seek or recover (CMCD `su`), by `stream`. */
  cmcdStartups: "nearcast_origin_cmcd_startup_requests_total",
} as const;
