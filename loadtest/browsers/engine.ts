import { setTimeout as sleep } from "node:timers/promises";
import { startStack } from "../../demo/stack.js";
import { planSessions, type Session } from "../audience/sessions.js";
import { resultOf } from "../result/observations.js";
import type { LoadResult } from "../result/result.js";
import { TimelineRecorder } from "../result/timeline-recorder.js";
import { refuseSlowLinks } from "../run/check-links.js";
import type { Engine, RunOptions } from "../run/engine.js";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { AccessLog } from "./access-log.js";
import { BrowserAudience } from "./audience.js";
import { launchChromium } from "./chromium.js";
import { makeBrowserContent } from "./content.js";
import type { ViewerOrder } from "./page/snapshot.js";
import { openViewer } from "./viewer.js";
import { serveViewerPages } from "./viewer-pages.js";

const STREAM = "loadtest";
const LOOK_EVERY_MS = 1_000;

/** More of them drop frames on a machine with two cores: 32 lost 12 %. */
const MOST_BROWSER_VIEWERS = 24;

/** Real players in one headless Chromium, against origin and tracker in this process. */
export const browserViewers: Engine = {
  check(scenario) {
    const { viewers } = scenario.audience;
    if (viewers > MOST_BROWSER_VIEWERS) {
      throw new ScenarioError(
        `audience.viewers: expected at most ${MOST_BROWSER_VIEWERS} browser viewers on this machine, got ${viewers}; headless viewers (peers) and the simulator carry more`,
      );
    }
    refuseSlowLinks(scenario);
  },

  async run(scenario: Scenario, { onMoment, signal }: RunOptions): Promise<LoadResult> {
    using content = await makeBrowserContent(scenario);
    const log = new AccessLog();
    await using stack = await startStack({
      originPort: 0,
      trackerPort: 0,
      streams: { [STREAM]: content.stream },
      onServed: log.add,
      routes: serveViewerPages,
    });
    await using browser = await launchChromium([], { endsOnSignals: false });
    const audience = new BrowserAudience(scenario, planSessions(scenario), (session) =>
      openViewer(browser, stack.url, {
        ...orderOf(scenario, session),
        src: `${stack.url}/hls/${STREAM}/master.m3u8`,
        tracker: stack.trackerUrl,
        stream: STREAM,
      }),
    );
    const startedAtMs = Date.now();
    const elapsedS = () => (Date.now() - startedAtMs) / 1000;
    const timeline = new TimelineRecorder(scenario.durationS);
    while (!signal.aborted && elapsedS() < scenario.durationS) {
      await audience.look(elapsedS());
      const totals = audience.totals;
      const originBytes = log.totals(STREAM).segmentBytes;
      timeline.add(elapsedS(), { ...totals, originBytes });
      onMoment({ elapsedS: elapsedS(), viewers: totals.viewers, originBytes, peerBytes: totals.peerBytes });
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
    const ranS = elapsedS();
    await audience.close();
    return resultOf({
      engine: "browsers",
      scenario,
      isPartial: signal.aborted,
      ranS,
      sessions: audience.records,
      timeline: timeline.timeline,
      originBytes: log.totals(STREAM).segmentBytes,
      discardedBytes: audience.totals.discardedBytes,
      segments: log.segments(STREAM, startedAtMs),
      connections: undefined,
      peerBytesByNearness: {},
    });
  },
};

function orderOf(
  { stream, policies }: Scenario,
  { traits }: Session,
): Pick<ViewerOrder, "engine" | "hls" | "nearcast"> {
  return {
    engine: traits.usesPeers ? "nearcast" : "plain",
    hls: stream.kind === "live" ? { liveSyncDurationCount: stream.latencySegments } : {},
    nearcast: {
      iceServers: [],
      upload: traits.mayUpload,
      prefetchWindowS: policies.prefetchWindowS,
      memoryLimitMiB: policies.memoryMiB,
    },
  };
}
