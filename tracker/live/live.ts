import type { Express } from "express";
import type { TrackerFiles } from "../files.js";
import type { Metrics } from "../metrics/metrics.js";
import type { ReportMetrics } from "../metrics/report-metrics.js";
import type { TrackerSettings } from "../options.js";
import type { Tally } from "../reports/tally.js";
import { LiveFeed, type LiveFeedOptions } from "./live-feed.js";
import { OriginEgress } from "./origin-egress.js";
import { Recorder } from "./recorder.js";
import { LiveRoutes } from "./routes.js";

const SAMPLE_INTERVAL_MS = 1000;
const ORIGIN_TIMEOUT_MS = 2000;

export interface LiveOptions
  extends Pick<LiveFeedOptions, "server" | "audience" | "viewersElsewhere" | "sockets" | "nodes" | "now"> {
  readonly settings: TrackerSettings;
  readonly metrics: Metrics;
  readonly reportMetrics: ReportMetrics;
  readonly tally: Tally;
  /** Not asked for before the tracker listens. */
  readonly files: () => TrackerFiles;
}

/** The live page and what it needs of the tracker. */
export interface Live {
  start(): void;
  /** Whoever looks at the page is told to come back. Stopping twice is stopping once. */
  stop(): void;
}

/** Adds the live page. */
export function addLivePage(app: Express, options: LiveOptions): Live {
  const { settings, metrics, reportMetrics, tally, audience, files, now } = options;
  const { originMetrics, reportIntervalS, maxSockets } = settings;
  const recorder = new Recorder({
    now,
    reportIntervalS,
    totals: () => tally.totals,
    introductions: () => metrics.introductions,
    refusals: () => metrics.refusals,
    reports: () => reportMetrics.results,
    egress:
      originMetrics.length === 0
        ? undefined
        : new OriginEgress(originMetrics, { timeoutMs: Math.min(ORIGIN_TIMEOUT_MS, reportIntervalS * 250) }),
  });
  const feed = new LiveFeed({
    ...options,
    recorder,
    socketLimit: maxSockets,
    networkName: (network) => files().locator.networks.all[network]?.name,
    reportIntervalS,
  });
  const routes = new LiveRoutes({ ...settings, feed });
  app.use(routes.router);
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer = setInterval(
        () => {
          audience.expire(now());
          recorder.sample();
        },
        Math.min(SAMPLE_INTERVAL_MS, recorder.stepS * 500),
      );
    },
    stop() {
      clearInterval(timer);
      routes.stop();
    },
  };
}
