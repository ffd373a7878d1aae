import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import type { RefusalReason } from "../../tracker/metrics/catalogue.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { JOBS } from "../jobs.js";
import { PROCESS_METRICS } from "../process-metrics.js";
import { p2pLessHoldout, RECORDED } from "./recording.js";
import type { AlertRule, Severity } from "./rule.js";

/** In this repository. */
const RUNBOOKS = "dashboards/runbooks.md";

/** Below so many viewers at once, ratios say more about chance than about the service. */
const MANY = 10;
/** Viewers of the holdout group that have to play at once before the others are compared with it. */
const HOLDOUT_PLAYING = 5;
const DAY_S = 86_400;

const isWatched = `on (stream) (sum by (stream) (${TRACKER_METRICS.viewers}) >= ${MANY})`;
const isCompared = `on (stream) (${RECORDED.playing}{cohort="holdout"} >= ${HOLDOUT_PLAYING})`;
const LIMITS = [
  "too_many_sockets",
  "too_many_sockets_of_address",
  "too_many_swarms",
] satisfies RefusalReason[];
const TOKEN_REFUSAL = "token" satisfies RefusalReason;

const { viewersRefused, requests, issuesRefused, ingestLag, upstreamErrors } = ORIGIN_METRICS;

export const ALERTS: readonly AlertRule[] = [
  alert("NearcastOffloadCollapsed", "page", {
    expr: `${RECORDED.offloadReported} < 0.5 * avg_over_time(${RECORDED.offloadReported}[1d] offset 10m) and ${isWatched}`,
    for: "10m",
    summary: "Peers deliver less than half of what they usually do for {{ $labels.stream }}",
    description: "Reported offload is {{ $value | humanizePercentage }}. The origin sends the rest.",
  }),
  alert("NearcastOffloadDisagreement", "ticket", {
    expr: `abs(${RECORDED.offloadDisagreement}) > 0.05 and ${isWatched}`,
    for: "15m",
    summary: "Players and origin disagree about the offload of {{ $labels.stream }}",
    description: "They are {{ $value | humanizePercentage }} apart. Believe neither until it is explained.",
  }),
  alert("NearcastStallsWorseThanHoldout", "page", {
    expr: `${p2pLessHoldout(RECORDED.stallRatio)} > 0.005 and ${isCompared}`,
    for: "15m",
    summary: "Viewers who share stall more than those who do not, in {{ $labels.stream }}",
    description: "They stall {{ $value | humanizePercentage }} of the time more.",
  }),
  alert("NearcastStartupSlowerThanHoldout", "ticket", {
    expr: `${p2pLessHoldout(RECORDED.startup)} > 0.5 and ${isCompared}`,
    for: "15m",
    summary: "Viewers who share wait longer for the first frame of {{ $labels.stream }}",
    description: "The median is {{ $value | humanizeDuration }} longer than in the holdout group.",
  }),
  alert("NearcastIntegrityFailures", "ticket", {
    expr: `sum by (stream) (increase(${TRACKER_METRICS.integrityFailures}[10m])) > 0`,
    summary: "Peers sent wrong bytes in {{ $labels.stream }}",
    description: "{{ $value | humanize }} segments in ten minutes. None of them was played.",
  }),
  alert("NearcastPeersQuarantined", "page", {
    expr: `sum(increase(${TRACKER_METRICS.quarantines}[1h])) > 5`,
    summary: "Many peers are quarantined for wrong bytes",
    description:
      "{{ $value | humanize }} in an hour: an attack, or a playlist that does not match its segments.",
  }),
  alert("NearcastImplausibleReports", "ticket", {
    expr: `sum(rate(${TRACKER_METRICS.reports}{result="implausible"}[15m])) / (sum(rate(${TRACKER_METRICS.reports}[15m])) > 0) > 0.01`,
    for: "15m",
    summary: "Players report what cannot be",
    description: "{{ $value | humanizePercentage }} of all reports are left out of every figure.",
  }),
  alert("NearcastTrackerNearSocketLimit", "page", {
    expr: `${TRACKER_METRICS.sockets} / ${TRACKER_METRICS.socketLimit} > 0.8`,
    for: "5m",
    summary: "The tracker {{ $labels.instance }} has few connections left",
    description: "{{ $value | humanizePercentage }} of maxSockets are in use.",
  }),
  alert("NearcastTrackerRefusesForLimits", "ticket", {
    expr: `sum by (reason) (increase(${TRACKER_METRICS.refused}{reason=~"${LIMITS.join("|")}"}[10m])) > 0`,
    for: "5m",
    summary: "The tracker turns viewers away: {{ $labels.reason }}",
    description: "{{ $value | humanize }} in ten minutes. They play from the origin alone.",
  }),
  alert("NearcastTrackerSlow", "ticket", {
    expr: `${PROCESS_METRICS.eventLoopLagP99}{job="${JOBS.tracker}"} > 0.2`,
    for: "5m",
    summary: "The tracker {{ $labels.instance }} is overloaded",
    description: "Messages wait {{ $value | humanizeDuration }}.",
  }),
  alert("NearcastTrackerFaults", "ticket", {
    expr: `increase(${TRACKER_METRICS.errors}[10m]) > 0`,
    summary: "The tracker {{ $labels.instance }} met a fault of its own",
    description: "{{ $value | humanize }} in ten minutes; its log has them.",
  }),
  alert("NearcastRedisUnreachable", "ticket", {
    expr: `${TRACKER_METRICS.redisUp} == 0`,
    for: "1m",
    summary: "The tracker {{ $labels.instance }} cannot reach Redis",
    description: "It introduces its own viewers to each other, and none of the other trackers'.",
  }),
  alert("NearcastDown", "page", {
    expr: `up{job=~"${JOBS.tracker}|${JOBS.origin}"} == 0`,
    for: "1m",
    summary: "{{ $labels.job }} at {{ $labels.instance }} does not answer",
    description: "Without a tracker viewers play from the origin; without an origin they do not play.",
  }),
  alert("NearcastIngestLag", "page", {
    expr: `${ingestLag} > 15`,
    for: "1m",
    summary: "The live stream {{ $labels.stream }} is behind",
    description: "Its newest segment ended {{ $value | humanizeDuration }} ago.",
  }),
  alert("NearcastOriginFails", "page", {
    expr: `sum by (stream) (rate(${requests}{status=~"5.."}[5m])) / (sum by (stream) (rate(${requests}[5m])) > 0) > 0.01`,
    for: "5m",
    summary: "The origin fails for {{ $labels.stream }}",
    description: "{{ $value | humanizePercentage }} of the requests end with 5xx.",
  }),
  alert("NearcastUpstreamFails", "ticket", {
    expr: `sum by (stream, reason) (rate(${upstreamErrors}[5m])) > 0.1`,
    for: "5m",
    summary: "The upstream of {{ $labels.stream }} fails: {{ $labels.reason }}",
    description: "{{ $value | humanize }} times a second.",
  }),
  alert("NearcastViewersRefused", "page", {
    expr: `sum by (stream) (rate(${viewersRefused}[5m])) / (sum by (stream) (rate(${requests}[5m])) > 0) > 0.05`,
    for: "5m",
    summary: "The origin refuses viewers of {{ $labels.stream }}",
    description:
      "{{ $value | humanizePercentage }} of the requests come with no valid token, or from a foreign page.",
  }),
  alert("NearcastTrackerRefusesTokens", "ticket", {
    expr: `sum(rate(${TRACKER_METRICS.refused}{reason="${TOKEN_REFUSAL}"}[5m])) > 1`,
    for: "10m",
    summary: "The tracker refuses access tokens",
    description: "{{ $value | humanize }} a second. These viewers play from the origin alone.",
  }),
  alert("NearcastTokenIssuesRefused", "ticket", {
    expr: `sum by (reason) (increase(${issuesRefused}[10m])) > 10`,
    summary: "The origin refuses to issue tokens: {{ $labels.reason }}",
    description: "{{ $value | humanize }} calls in ten minutes.",
  }),
  alert("NearcastCertificateExpires", "page", {
    expr: `probe_ssl_earliest_cert_expiry{job="${JOBS.tls}"} - time() < ${14 * DAY_S}`,
    for: "30m",
    summary: "The certificate of {{ $labels.instance }} expires",
    description: "In {{ $value | humanizeDuration }}.",
  }),
];

function alert(
  name: string,
  severity: Severity,
  {
    expr,
    summary,
    description,
    ...more
  }: { expr: string; for?: string; summary: string; description: string },
): AlertRule {
  const runbook = `${RUNBOOKS}#${name.toLowerCase()}`;
  return {
    alert: name,
    expr,
    ...more,
    labels: { severity },
    annotations: { summary, description, runbook },
  };
}
