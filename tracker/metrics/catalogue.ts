// Nothing is imported and nothing is started here: dashboards take names from this file.

/** Names of the tracker's own metrics. Dashboards import them, so that a renamed metric breaks the build. */
export const TRACKER_METRICS = {
  /** Gauge: open WebSockets. */
  sockets: "nearcast_tracker_sockets",
  /** Gauge: how many of them may be open, see `maxSockets`. */
  socketLimit: "nearcast_tracker_socket_limit",
  /** Gauge: swarms with at least one peer. */
  swarms: "nearcast_tracker_swarms",
  /** Gauge: peers over all swarms; a viewer counts once for each rendition it is in. */
  peers: "nearcast_tracker_peers",
  /** Gauge: bytes that clients have not read yet, over all sockets. */
  unsentBytes: "nearcast_tracker_unsent_bytes",
  /** Counter by `event`: announces that were served; answers are not among them. */
  announces: "nearcast_tracker_announces_total",
  /** Counter: offers that were relayed to a peer. */
  offers: "nearcast_tracker_offers_total",
  /** Counter: offers for which there was nobody, or nobody else; they are not kept. */
  offersLeftOver: "nearcast_tracker_offers_left_over_total",
  /** Counter: answers that were relayed to a peer. */
  answers: "nearcast_tracker_answers_total",
  /** Counter by `tier`: the same offers by how near the two peers are, see `TIERS`. */
  introductions: "nearcast_tracker_introductions_total",
  /** Counter by `reason`, see {@link REFUSAL_REASONS}. */
  refused: "nearcast_tracker_refused_total",
  /** Counter by `result`, see {@link REPORT_RESULTS}: reports of players. */
  reports: "nearcast_tracker_reports_total",
  /** Counter: sessions of which a report claimed what cannot be; no later report of theirs is counted. */
  implausibleSessions: "nearcast_tracker_implausible_sessions_total",
  /** Counter by `stream`, `cohort` and `source` (`peers`, `origin`, `uploaded`, `rejected`, `wasted_peers`, `wasted_origin`). */
  reportedBytes: "nearcast_tracker_reported_bytes_total",
  /** Counter by `stream` and `cohort`. */
  playedSeconds: "nearcast_tracker_played_seconds_total",
  /** Counter by `stream` and `cohort`. */
  stalls: "nearcast_tracker_stalls_total",
  /** Counter by `stream` and `cohort`. */
  stalledSeconds: "nearcast_tracker_stalled_seconds_total",
  /** Counter by `stream` and `cohort`: segments from peers with wrong bytes. */
  integrityFailures: "nearcast_tracker_integrity_failures_total",
  /** Histogram by `stream` and `cohort`. */
  startupSeconds: "nearcast_tracker_startup_seconds",
  /** Histogram by `stream` and `cohort`. */
  latencySeconds: "nearcast_tracker_latency_seconds",
  /** Gauge by `stream`: reported uploads less reported downloads from peers. */
  unaccountedUploadBytes: "nearcast_tracker_unaccounted_upload_bytes",
  /** Gauge by `stream`: sessions that have joined or reported lately. */
  viewers: "nearcast_tracker_viewers",
  /** Counter: peers put into quarantine for wrong bytes. */
  quarantines: "nearcast_tracker_quarantines_total",
  /** Gauge: 1 while Redis can be reached, 0 otherwise. Only with `redis`. */
  redisUp: "nearcast_tracker_redis_up",
  /** Gauge: trackers that share the service, this one included; without those that are about to stop. Only with `redis`. */
  nodes: "nearcast_tracker_nodes",
  /** Counter by `direction` (`sent`, `received`): messages between trackers. Only with `redis`. */
  nodeMessages: "nearcast_tracker_node_messages_total",
  /** Counter: faults of the tracker itself; expected to stay 0. */
  errors: "nearcast_tracker_errors_total",
} as const;

/** Values of the label `result` of {@link TRACKER_METRICS.reports}. */
export const REPORT_RESULTS = [
  /** Counted. */
  "new",
  /** Had been counted before. */
  "repeated",
  /** More than players send; not counted. */
  "too_often",
  /** Claims what cannot be; not counted. */
  "implausible",
  /** No report, or of somebody who may not send any. */
  "refused",
] as const;
export type ReportResult = (typeof REPORT_RESULTS)[number];

/** Values of the label `reason` of {@link TRACKER_METRICS.refused}. */
export const REFUSAL_REASONS = [
  /** A frame is not text. */
  "binary",
  /** A frame is longer than `maxMessageBytes`. */
  "too_large",
  /** A frame breaks RFC 6455, for instance with invalid UTF-8. */
  "bad_framing",
  /** A frame is not JSON. */
  "not_json",
  /** A frame is JSON but no message of the protocol. */
  "malformed",
  /** A session description is for something else than a data channel. */
  "bad_sdp",
  /** A connection sends more than `messagesPerSecond`. */
  "too_fast",
  /** A peer announces more than `announcesPerMinute`. */
  "too_many_announces",
  /** A connection speaks for a peer id that it has not announced. */
  "not_owner",
  /** A connection announces a peer id that another connection holds. */
  "peer_id_taken",
  /** A connection announces a second peer id for one swarm. */
  "second_peer_id",
  /** A connection announces more than `maxSwarmsPerSocket` swarms. */
  "too_many_swarms",
  /** A scrape of a swarm that the connection is not in. */
  "not_a_member",
  /** An answer without an offer, or for a peer that has left. */
  "unexpected_answer",
  /** A connection does not read what it is sent. */
  "slow_reader",
  /** A connection does not answer pings, or is in no swarm. */
  "idle",
  /** A peer that has not announced for `peerTtlMs` was removed. */
  "expired_peer",
  /** A connection beyond `maxSockets`. */
  "too_many_sockets",
  /** A connection beyond `maxSocketsPerAddress`. */
  "too_many_sockets_of_address",
  /** A WebSocket for another path than `/announce`. */
  "wrong_path",
  /** A page of an origin that is not in `allowedOrigins`. */
  "origin",
  /** A stream that is not in `streams`, or no stream where one is needed. */
  "stream",
  /** A viewer in quarantine, by its access token: its peer has sent wrong bytes. */
  "quarantined",
  /** An access token that is missing, not valid, or for something else. */
  "token",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
