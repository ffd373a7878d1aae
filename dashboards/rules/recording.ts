import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { quantileBy, rateBy } from "../promql.js";
import type { RecordingRule } from "./rule.js";

const WINDOW = "5m";
/** What the origin delivers of what players count: segments and initialisation segments, no playlists, no refusals. */
export const MEDIA_DELIVERED = 'kind=~"segment|init", status=~"200|206"';
const PLAYED = 'source=~"peers|origin"';

/** Names of the recording rules. All are by `stream`, those marked so also by `cohort`. */
export const RECORDED = {
  /** Bytes per second that players say they have played from peers. */
  peerBytes: "stream:nearcast_reported_peer_bytes:rate5m",
  /** Bytes per second that players say they have played, from wherever. */
  playedBytes: "stream:nearcast_reported_played_bytes:rate5m",
  /** Bytes per second of media that the origin has sent. */
  originBytes: "stream:nearcast_origin_media_bytes:rate5m",
  /** Peers' share of what was played, as players report it. */
  offloadReported: "stream:nearcast_offload_reported:ratio_rate5m",
  /** What of the played bytes the origin did not have to send, by its own count. Below 0, it has sent more than was played. */
  offloadImplied: "stream:nearcast_offload_origin_implied:ratio_rate5m",
  /** Reported less implied. */
  offloadDisagreement: "stream:nearcast_offload_disagreement:ratio_rate5m",
  /** Bits per second that the origin still sends. */
  residualBits: "stream:nearcast_residual_bits:rate5m",
  /** Bytes per second that the origin did not have to send: played less sent. Below 0, P2P costs. */
  savedBytes: "stream:nearcast_saved_bytes:rate5m",
  /** Peer bytes that were never played, over played bytes. */
  waste: "stream:nearcast_waste:ratio_rate5m",
  /** By cohort: seconds played per second, which is the number of viewers playing. */
  playing: "stream_cohort:nearcast_playing_viewers:rate5m",
  /** By cohort: seconds stalled over seconds played and stalled. */
  stallRatio: "stream_cohort:nearcast_stall:ratio_rate5m",
  /** By cohort: seconds, median. */
  startup: "stream_cohort:nearcast_startup_seconds:p50_rate5m",
  /** By cohort: seconds, 95th percentile. */
  startupTail: "stream_cohort:nearcast_startup_seconds:p95_rate5m",
  /** By cohort: seconds behind the live edge, median. */
  latency: "stream_cohort:nearcast_latency_seconds:p50_rate5m",
  /** By cohort: bits per second played, which shows the rendition. */
  bitrate: "stream_cohort:nearcast_played_bitrate:rate5m",
} as const;

const { reportedBytes, playedSeconds, stalledSeconds, startupSeconds, latencySeconds } = TRACKER_METRICS;
const EACH = "stream, cohort";

export const RECORDING_RULES: readonly RecordingRule[] = [
  rule(RECORDED.peerBytes, rateBy("stream", reportedBytes, 'source="peers"', WINDOW)),
  rule(RECORDED.playedBytes, rateBy("stream", reportedBytes, PLAYED, WINDOW)),
  rule(RECORDED.originBytes, rateBy("stream", ORIGIN_METRICS.responseBytes, MEDIA_DELIVERED, WINDOW)),
  // Without anything played there is no share of it.
  rule(RECORDED.offloadReported, `${RECORDED.peerBytes} / (${RECORDED.playedBytes} > 0)`),
  rule(RECORDED.offloadImplied, `1 - ${RECORDED.originBytes} / (${RECORDED.playedBytes} > 0)`),
  rule(RECORDED.offloadDisagreement, `${RECORDED.offloadReported} - ${RECORDED.offloadImplied}`),
  rule(RECORDED.residualBits, `8 * ${RECORDED.originBytes}`),
  rule(RECORDED.savedBytes, `${RECORDED.playedBytes} - ${RECORDED.originBytes}`),
  rule(
    RECORDED.waste,
    `${rateBy("stream", reportedBytes, 'source="wasted_peers"', WINDOW)} / (${RECORDED.playedBytes} > 0)`,
  ),
  rule(RECORDED.playing, rateBy(EACH, playedSeconds, "", WINDOW)),
  rule(
    RECORDED.stallRatio,
    `${rateBy(EACH, stalledSeconds, "", WINDOW)} / ((${RECORDED.playing} + ${rateBy(EACH, stalledSeconds, "", WINDOW)}) > 0)`,
  ),
  rule(RECORDED.startup, quantileBy(EACH, 0.5, startupSeconds, "", WINDOW)),
  rule(RECORDED.startupTail, quantileBy(EACH, 0.95, startupSeconds, "", WINDOW)),
  rule(RECORDED.latency, quantileBy(EACH, 0.5, latencySeconds, "", WINDOW)),
  rule(RECORDED.bitrate, `8 * ${rateBy(EACH, reportedBytes, PLAYED, WINDOW)} / (${RECORDED.playing} > 0)`),
];

/** P2P less holdout, by `stream`; nothing where there is no holdout. */
export function p2pLessHoldout(record: string, selector = ""): string {
  const of = (cohort: string) =>
    `sum by (stream) (${record}{${[selector, `cohort="${cohort}"`].filter((part) => part !== "").join(", ")}})`;
  return `${of("p2p")} - ${of("holdout")}`;
}

function rule(record: string, expr: string): RecordingRule {
  return { record, expr };
}
