import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import type { Tier } from "../../tracker/nearness/place.js";
import { rateBy } from "../promql.js";
import { RECORDED } from "../rules/recording.js";
import { curves, dashboard, streamVariable } from "./panels.js";

const STREAM = 'stream=~"$stream"';
const RATE = "$__rate_interval";
/** Introductions within one network: the same address, prefix, operator's network or autonomous system. */
const SAME_NETWORK = ["address", "prefix", "network", "asn"] satisfies Tier[];

const { introductions, offers, answers, viewers, peers, reportedBytes } = TRACKER_METRICS;
const introduced = `(sum(rate(${introductions}[${RATE}])) > 0)`;

/** Swarm health. */
export const swarm = dashboard("swarm", "Nearcast: swarm health", "Who meets whom, and what comes of it.")
  .withVariable(streamVariable(viewers))
  .withPanel(curves("Viewers", { unit: "none" }, { "{{stream}}": `sum by (stream) (${viewers}{${STREAM}})` }))
  .withPanel(
    curves(
      "Peers",
      { unit: "none", description: "A viewer counts once for each rendition." },
      { peers: `sum(${peers})` },
    ),
  )
  .withPanel(
    curves(
      "Introductions by nearness",
      { unit: "cps" },
      { "{{tier}}": rateBy("tier", introductions, "", RATE) },
    ),
  )
  .withPanel(
    curves(
      "Introductions that are answered",
      { unit: "percentunit", description: "A peer that answers can still fail to connect." },
      { answered: `sum(rate(${answers}[${RATE}])) / (sum(rate(${offers}[${RATE}])) > 0)` },
    ),
  )
  .withPanel(
    curves(
      "Introductions across networks",
      {
        unit: "percentunit",
        description: "The share of introductions that leave a network; bytes follow them.",
      },
      {
        across: `1 - sum(rate(${introductions}{tier=~"${SAME_NETWORK.join("|")}"}[${RATE}])) / ${introduced}`,
      },
    ),
  )
  .withPanel(
    curves(
      "Waste",
      { unit: "percentunit", description: "Peer bytes that were never played, over played bytes." },
      { "{{stream}}": `${RECORDED.waste}{${STREAM}}` },
    ),
  )
  .withPanel(
    curves(
      "Rejected bytes",
      { unit: "Bps" },
      { "{{stream}}": rateBy("stream", reportedBytes, `source="rejected", ${STREAM}`, RATE) },
    ),
  )
  .withPanel(
    curves(
      "Integrity failures and quarantines",
      { unit: "cps" },
      {
        "failures in {{stream}}": rateBy("stream", TRACKER_METRICS.integrityFailures, STREAM, RATE),
        "peers quarantined": `sum(rate(${TRACKER_METRICS.quarantines}[${RATE}]))`,
      },
    ),
  )
  .withPanel(
    curves(
      "Uploads that nobody received",
      { unit: "bytes", description: "Reported uploads less reported downloads; far from 0, somebody lies." },
      { "{{stream}}": `sum by (stream) (${TRACKER_METRICS.unaccountedUploadBytes}{${STREAM}})` },
    ),
  )
  .withPanel(
    curves(
      "Reports left out",
      { unit: "cps", description: "Impossible figures are counted here and nowhere else." },
      { "{{result}}": rateBy("result", TRACKER_METRICS.reports, 'result!="new"', RATE) },
    ),
  );
