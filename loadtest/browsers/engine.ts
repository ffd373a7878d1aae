import { planSessions, type Session } from "../audience/sessions.js";
import { refuseSlowLinks } from "../run/check-links.js";
import type { Engine } from "../run/engine.js";
import { playInRealTime } from "../run/real-time.js";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { BrowserAudience } from "./audience.js";
import { launchChromium } from "./chromium.js";
import { makeBrowserContent } from "./content.js";
import type { ViewerOrder } from "./page/snapshot.js";
import { openViewer } from "./viewer.js";
import { serveViewerPages } from "./viewer-pages.js";

const LOOK_EVERY_MS = 1_000;

/** More of them drop frames on a machine with two cores: 32 lost 12 %. */
const MOST_BROWSER_VIEWERS = 24;

/** Real players, each a page of one headless Chromium. */
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

  async run(scenario, options) {
    using content = await makeBrowserContent(scenario);
    await using browser = await launchChromium([], { endsOnSignals: false });
    return await playInRealTime(
      {
        engine: "browsers",
        scenario,
        stream: content.stream,
        lookEveryMs: LOOK_EVERY_MS,
        routes: serveViewerPages,
        open: ({ stack, stream, src }) =>
          new BrowserAudience(scenario, planSessions(scenario), (session) =>
            openViewer(browser, stack.url, {
              ...orderOf(scenario, session),
              src,
              tracker: stack.trackerUrl,
              stream,
            }),
          ),
      },
      options,
    );
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
      uploadRatio: policies.uploadRatio,
      prefetchWindowS: policies.prefetchWindowS,
      memoryLimitMiB: policies.memoryMiB,
    },
  };
}
