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
    .withPanel(
      curves("Announces", { unit: "reqps" }, { "{{event}}": rateBy("event", T.announces, "", RATE) }),
    )
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
    .withPanel(curves("Faults", { unit: "cps" }, { "{{instance}}": rateBy("instance", T.errors, "", RATE) }))
    .withPanel(
      curves(
        "Connections, of the limit",
        { unit: "percentunit" },
        { "{{instance}}": `${T.sockets} / ${T.socketLimit}` },
      ),
    )
    .withPanel(curves("Connections", { unit: "none" }, { "{{instance}}": T.sockets }))
    .withPanel(curves("Swarms", { unit: "none" }, { "{{instance}}": T.swarms }))
    .withPanel(curves("Unread by clients", { unit: "bytes" }, { "{{instance}}": T.unsentBytes }))
    .withPanel(curves("Reports", { unit: "reqps" }, { "{{result}}": rateBy("result", T.reports, "", RATE) })),
);

/** The origin: the same signals, its cache, ingest, and whom it refuses. */
export const origin = withProcess(
  JOBS.origin,
  dashboard("origin", "Nearcast: origin", "The four golden signals, cache, ingest and tokens.")
    .withPanel(
      curves(
        "Requests",
        { unit: "reqps" },
        { "{{kind}} {{status}}": rateBy("kind, status", O.requests, "", RATE) },
      ),
    )
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
    .withPanel(curves("Connections", { unit: "none" }, { "{{instance}}": O.connections }))
    .withPanel(curves("Files held in memory", { unit: "bytes" }, { "{{instance}}": O.memoryBytes }))
    .withPanel(
      curves(
        "Upstream cache",
        { unit: "reqps" },
        { "{{stream}} {{outcome}}": rateBy("stream, outcome", O.upstreamCache, "", RATE) },
      ),
    )
    .withPanel(
      curves(
        "Upstream failures",
        { unit: "cps" },
        { "{{stream}} {{reason}}": rateBy("stream, reason", O.upstreamErrors, "", RATE) },
      ),
    )
    .withPanel(curves("Ingest lag", { unit: "s" }, { "{{stream}}": `max by (stream) (${O.ingestLag})` }))
    .withPanel(
      curves(
        "Pushes",
        { unit: "reqps" },
        { "{{stream}} {{status}}": rateBy("stream, status", O.ingestPushes, "", RATE) },
      ),
    )
    .withPanel(
      curves(
        "Viewers refused",
        { unit: "cps" },
        { "{{stream}} {{reason}}": rateBy("stream, reason", O.viewersRefused, "", RATE) },
      ),
    )
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
    .withPanel(curves("Memory", { unit: "bytes" }, { "{{instance}}": of(PROCESS_METRICS.residentBytes) }))
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
