import type { Express } from "express";
import type { Cluster } from "../cluster/cluster.js";
import type { TrackerFiles } from "../files.js";
import type { Metrics } from "../metrics/metrics.js";
import type { ReportMetrics } from "../metrics/report-metrics.js";
import type { TrackerSettings } from "../options.js";
import type { Tally } from "../reports/tally.js";
import type { Service } from "./feed.js";
import { LiveFeed, type LiveFeedOptions } from "./live-feed.js";
import { OriginEgress } from "./origin-egress.js";
import { parsePictureQuestion } from "./picture-question.js";
import { Recorder } from "./recorder.js";
import { LiveRoutes } from "./routes.js";
import { ServiceCounts } from "./service-counts.js";

const SAMPLE_INTERVAL_MS = 1000;
const ORIGIN_TIMEOUT_MS = 2000;
const REDIS_AWAY = "Redis cannot be reached, so reports that came to other trackers are missing";

export interface LiveOptions
  extends Pick<LiveFeedOptions, "server" | "audience" | "viewersElsewhere" | "sockets" | "now"> {
  readonly settings: TrackerSettings;
  readonly metrics: Metrics;
  readonly reportMetrics: ReportMetrics;
  readonly tally: Tally;
  /** Not asked for before the tracker listens. */
  readonly files: () => TrackerFiles;
  /** The trackers that share the service; `undefined` where this one is by itself. */
  readonly cluster: () => Cluster | undefined;
}

/** The live page and what it needs of the tracker. */
export interface Live {
  start(): void;
  /** Whoever looks at the page is told to come back. Stopping twice is stopping once. */
  stop(): void;
  /** Sums of the reports of all trackers of the service. */
  readonly totals: ServiceCounts["totals"];
  /**
   * Adds what another tracker has counted.
   *
   * @throws {Error} where it is something else.
   */
  learn(counts: unknown): void;
  /**
   * What another tracker wants to know of this one's viewers.
   *
   * @throws {Error} where the question is not understood.
   */
  answer(question: unknown): unknown;
}

/** Adds the live page. */
export function addLivePage(app: Express, options: LiveOptions): Live {
  const { settings, metrics, reportMetrics, tally, audience, files, cluster, now } = options;
  const { originMetrics, reportIntervalS, maxSockets } = settings;
  const counts = new ServiceCounts({
    totals: () => tally.totals,
    introductions: () => metrics.introductions,
    refusals: () => metrics.refusals,
    reports: () => reportMetrics.results,
  });
  const recorder = new Recorder({
    now,
    reportIntervalS,
    ...counts,
    whyPartial: () => (cluster()?.isUp === false ? REDIS_AWAY : undefined),
    egress:
      originMetrics.length === 0
        ? undefined
        : new OriginEgress(originMetrics, { timeoutMs: Math.min(ORIGIN_TIMEOUT_MS, reportIntervalS * 250) }),
  });
  const feed = new LiveFeed({
    ...options,
    recorder,
    service: () => serviceOf(cluster()),
    askOthers: async (question) => (await cluster()?.ask(question)) ?? [],
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
          const growth = cluster() === undefined ? undefined : counts.takeGrowth();
          if (growth !== undefined) cluster()?.tellCounts(growth);
          recorder.sample();
        },
        Math.min(SAMPLE_INTERVAL_MS, recorder.stepS * 500),
      );
    },
    stop() {
      clearInterval(timer);
      routes.stop();
    },
    totals: counts.totals,
    learn: (told) => counts.learn(told),
    answer: (question) => feed.draw(parsePictureQuestion(question)),
  };
}

function serviceOf(cluster: Cluster | undefined): Service | null {
  if (cluster === undefined) return null;
  return {
    isUp: cluster.isUp,
    trackers: cluster.beats.map(({ url, draining, viewers, load }) => ({
      url,
      isDraining: draining,
      viewers: Object.values(viewers).reduce((sum, count) => sum + count, 0),
      load: load ?? null,
    })),
  };
}
