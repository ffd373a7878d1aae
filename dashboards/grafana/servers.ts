import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { JOBS } from "../jobs.js";
import { PROCESS_METRICS } from "../process-metrics.js";
import { quantileBy, rateBy } from "../promql.js";
import { curves, dashboard } from "./panels.js";

const RATE = "$__rate_interval";
const T = TRACKER_METRICS;
const O = ORIGIN_METRICS;

/** The tracker: traffic, errors, latency, saturation, and the limits reached. */
export const tracker = withProcess(
  JOBS.tracker,
  dashboard("tracker", "Nearcast: tracker", "The four golden signals, and limits reached.")
    .withPanel(rates("Announces", "reqps", T.announces, "event"))
    .withPanel(
      curves(
        "Relayed",
        { unit: "cps" },
        { offers: `sum(rate(${T.offers}[${RATE}]))`, answers: `sum(rate(${T.answers}[${RATE}]))` },
      ),
    )
    .withPanel(
      curves(
        "Refused, by reason",
        { unit: "cps" },
        { "{{reason}}": `${rateBy("reason", T.refused, "", RATE)} > 0` },
      ),
    )
    .withPanel(rates("Faults", "cps", T.errors, "instance"))
    .withPanel(
      curves(
        "Connections, of the limit",
        { unit: "percentunit" },
        { "{{instance}}": `${T.sockets} / ${T.socketLimit}` },
      ),
    )
    .withPanel(byInstance("Connections", "none", T.sockets))
    .withPanel(byInstance("Swarms", "none", T.swarms))
    .withPanel(byInstance("Unread by clients", "bytes", T.unsentBytes))
    .withPanel(rates("Reports", "reqps", T.reports, "result"))
    .withPanel(
      curves(
        "Trackers that share Redis, as each sees them",
        { unit: "none", description: "Empty without Redis. Fewer than there are: some cannot reach it." },
        { "{{instance}}": T.nodes, "Redis reached by {{instance}}": T.redisUp },
      ),
    )
    .withPanel(rates("Messages between trackers", "cps", T.nodeMessages, "direction")),
);

/** The origin: the same signals, its cache, ingest, and whom it refuses. */
export const origin = withProcess(
  JOBS.origin,
  dashboard("origin", "Nearcast: origin", "The four golden signals, cache, ingest and tokens.")
    .withPanel(rates("Requests", "reqps", O.requests, "kind", "status"))
    .withPanel(
      curves(
        "Egress",
        { unit: "bps" },
        { "{{stream}}": `8 * ${rateBy("stream", O.responseBytes, "", RATE)}` },
      ),
    )
    .withPanel(
      curves(
        "Failures",
        { unit: "percentunit" },
        {
          "{{stream}}": `${rateBy("stream", O.requests, 'status=~"5.."', RATE)} / ${rateBy("stream", O.requests, "", RATE)}`,
        },
      ),
    )
    .withPanel(
      curves(
        "To the first byte, 95th percentile",
        { unit: "s" },
        { "{{kind}}": quantileBy("kind", 0.95, O.firstByteSeconds, "", RATE) },
      ),
    )
    .withPanel(
      curves(
        "To the last byte, 95th percentile",
        { unit: "s" },
        { "{{kind}}": quantileBy("kind", 0.95, O.responseSeconds, "", RATE) },
      ),
    )
    .withPanel(byInstance("Connections", "none", O.connections))
    .withPanel(byInstance("Files held in memory", "bytes", O.memoryBytes))
    .withPanel(rates("Upstream cache", "reqps", O.upstreamCache, "stream", "outcome"))
    .withPanel(rates("Upstream failures", "cps", O.upstreamErrors, "stream", "reason"))
    .withPanel(curves("Ingest lag", { unit: "s" }, { "{{stream}}": `max by (stream) (${O.ingestLag})` }))
    .withPanel(rates("Pushes", "reqps", O.ingestPushes, "stream", "status"))
    .withPanel(rates("Viewers refused", "cps", O.viewersRefused, "stream", "reason"))
    .withPanel(
      curves(
        "Tokens",
        { unit: "cps" },
        {
          "issued for {{stream}}": rateBy("stream", O.tokensIssued, "", RATE),
          "refused: {{reason}}": rateBy("reason", O.issuesRefused, "", RATE),
        },
      ),
    ),
);

/** How often a counter counts, by labels. */
function rates(title: string, unit: string, metric: string, ...labels: string[]) {
  const legend = labels.map((label) => `{{${label}}}`).join(" ");
  return curves(title, { unit }, { [legend]: rateBy(labels.join(", "), metric, "", RATE) });
}

/** A gauge of each server. */
function byInstance(title: string, unit: string, metric: string) {
  return curves(title, { unit }, { "{{instance}}": metric });
}

function withProcess(job: string, board: ReturnType<typeof dashboard>): ReturnType<typeof dashboard> {
  const of = (metric: string) => `${metric}{job="${job}"}`;
  return board
    .withPanel(
      curves(
        "Processor",
        { unit: "percentunit", description: "1 is one core." },
        { "{{instance}}": `rate(${of(PROCESS_METRICS.cpuSeconds)}[${RATE}])` },
      ),
    )
    .withPanel(byInstance("Memory", "bytes", of(PROCESS_METRICS.residentBytes)))
    .withPanel(
      curves(
        "Event loop, 99th percentile of its lag",
        { unit: "s" },
        { "{{instance}}": of(PROCESS_METRICS.eventLoopLagP99) },
      ),
    )
    .withPanel(
      curves(
        "File descriptors, of the limit",
        { unit: "percentunit" },
        { "{{instance}}": `${of(PROCESS_METRICS.openFds)} / ${of(PROCESS_METRICS.maxFds)}` },
      ),
    );
}
