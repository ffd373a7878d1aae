import type { Express } from "express";
import type { StreamName } from "../../player/protocol/index.js";
import type { TrackerFiles } from "../files.js";
import type { Metrics } from "../metrics/metrics.js";
import { ReportMetrics } from "../metrics/report-metrics.js";
import type { Place } from "../nearness/place.js";
import type { TrackerSettings } from "../options.js";
import type { StreamPolicy } from "../policy/stream-policy.js";
import { AddressRates } from "../reports/address-rates.js";
import { Audience } from "../reports/audience.js";
import type { Quarantine } from "../reports/quarantine.js";
import { SessionLedger } from "../reports/session-ledger.js";
import { StreamLabels } from "../reports/stream-labels.js";
import type { StreamSummary } from "../reports/summaries.js";
import { Tally } from "../reports/tally.js";
import { admin } from "./admin.js";
import { crossOrigin } from "./cross-origin.js";
import { join } from "./join.js";
import { reports } from "./reports.js";

/** Reports a second from one address, and at once: from thousands of viewers behind it, every ten seconds. */
const ADDRESS_RATE = { perSecond: 500, burst: 5000 };
/** Viewers report every few seconds; after so many silent intervals one is gone. */
const SILENT_INTERVALS = 3;
const FEED_INTERVAL_MS = 1000;

/** What the tracker has heard from players. */
export interface ControlPlane {
  /** Who watches, as far as this tracker knows. */
  readonly audience: Audience;
  readonly tally: Tally;
  readonly reportMetrics: ReportMetrics;
}

/** Adds what players and operators ask for over HTTP. */
export function addControlPlane(
  app: Express,
  options: {
    readonly settings: TrackerSettings;
    /** Not asked for before the tracker listens. */
    readonly files: () => TrackerFiles;
    readonly metrics: Metrics;
    readonly quarantine: Quarantine;
    readonly announceUrls: (stream: StreamName, place: Place) => readonly string[];
    readonly reportUrl: (stream: StreamName, place: Place) => string;
    /** Takes a viewer that has joined to the tracker that it will report to; whether that is another one. */
    readonly tellViewer: (stream: StreamName, place: Place, session: string) => boolean;
    /** Viewers of a stream at other trackers. */
    readonly viewersElsewhere: (stream: StreamName) => number;
    /** Of each stream, for operators. */
    readonly summaries: () => readonly StreamSummary[];
    readonly setPolicy: (stream: StreamName | undefined, policy: StreamPolicy | undefined) => void;
    readonly now: () => number;
  },
): ControlPlane {
  const { settings, files, metrics, quarantine, now } = options;
  const labels = new StreamLabels(settings.streams, settings.streamLabels);
  const reportMetrics = new ReportMetrics(metrics.registry, labels);
  const tally = new Tally(reportMetrics);
  const ledger = new SessionLedger();
  reportMetrics.implausibleSessions(metrics.registry, () => ledger.implausibleSessions);
  const audience = new Audience({ silentAfterMs: SILENT_INTERVALS * settings.reportIntervalS * 1000 });
  metrics.viewersByLabel(() => sumByLabel(audience.streams, labels));
  const shared = {
    admission: () => files().admission,
    locator: () => files().locator,
    policies: () => files().policies,
    audience,
    viewersElsewhere: options.viewersElsewhere,
    quarantine,
    metrics,
    now,
  };
  const cors = crossOrigin(shared.admission);
  app.all("/join", cors);
  app.get(
    "/join",
    join({
      ...settings,
      ...shared,
      integrityKeys: () => files().integrityKeys,
      announceUrls: options.announceUrls,
      reportUrl: options.reportUrl,
      onJoined(stream, session, place) {
        if (!options.tellViewer(stream, place, session)) audience.heard(stream, session, now());
      },
    }),
  );
  app.all("/reports", cors);
  app.post(
    "/reports",
    ...reports({
      ...shared,
      ledger,
      rates: new AddressRates(ADDRESS_RATE),
      tally,
      reportMetrics,
    }),
  );
  app.use(
    admin({
      ...shared,
      adminToken: settings.adminToken,
      setPolicy: options.setPolicy,
      summaries: options.summaries,
      feedIntervalMs: FEED_INTERVAL_MS,
    }),
  );
  return { audience, tally, reportMetrics };
}

function sumByLabel(
  streams: Iterable<readonly [StreamName, number]>,
  labels: StreamLabels,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [stream, viewers] of streams) {
    const label = labels.of(stream);
    sums.set(label, (sums.get(label) ?? 0) + viewers);
  }
  return sums;
}
