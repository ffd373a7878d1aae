import { planSessions, type Session } from "../audience/sessions.js";
import {
  chooseShaper,
  describeShaping,
  type Obstacles,
  OUT_OF_NAMESPACES,
  type Shaper,
} from "../links/shaping.js";
import { openSharedNamespace, sharedNamespaceRefusedBecause } from "../links/shared-namespace.js";
import { linkOf } from "../links/viewer-link.js";
import type { Engine, RunOptions } from "../run/engine.js";
import { type GivenAddresses, openGivenStage } from "../run/given-stage.js";
import { refuseOtherWorlds } from "../run/other-worlds.js";
import { openOwnStage } from "../run/own-stage.js";
import { playInRealTime, type RealTimeRun } from "../run/real-time.js";
import { DEFAULT_REAL_TIME_FLAGS, givenAddresses, type RealTimeFlags } from "../run/real-time-flags.js";
import { type Needs, requireRoom } from "../run/room.js";
import type { Scenario } from "../scenario/scenario.js";
import { BrowserAudience } from "./audience.js";
import { makeBrowserContent } from "./content.js";
import { type LinkedViewers, openChromiumBehind, openSharedChromium } from "./linked-viewers.js";
import type { ViewerOrder } from "./page/snapshot.js";
import { startPageServer } from "./page-server.js";
import { serveViewerPages } from "./viewer-pages.js";

const LOOK_EVERY_MS = 1_000;

/** With 16 for each core, 12 % of the frames were lost; 16 pages of one Chromium and itself took 75 MiB each. */
const NEEDS: Needs = {
  viewers: "browser viewers",
  perCore: 12,
  mib: 80,
  otherwise: "headless viewers (peers) and the simulator carry more",
};

/** Real players, each a page of headless Chromium. */
export function browserViewers(flags: RealTimeFlags = DEFAULT_REAL_TIME_FLAGS): Engine {
  const shaperOf = (scenario: Scenario) =>
    chooseShaper(scenario, flags.shaping, obstaclesTo(scenario, givenAddresses(flags, scenario)));
  return {
    check(scenario) {
      requireRoom(scenario, NEEDS);
      refuseOtherWorlds(scenario);
      shaperOf(scenario);
    },

    async run(scenario, options) {
      const given = givenAddresses(flags, scenario);
      const by = shaperOf(scenario);
      if (given) {
        await using pages = await startPageServer();
        await using stage = await openGivenStage(given, pages.url);
        const played = { ...scenario, stream: { ...scenario.stream, ...stage.seen } };
        const links = linksOf(played, by);
        await using viewers = await openSharedChromium({ pagesUrl: pages.url, links }, by);
        return await play({ scenario: played, stage, viewers, by, nearcast: {} }, options);
      }
      using content = await makeBrowserContent(scenario);
      const links = linksOf(scenario, by);
      await using namespace = by === "namespaces" ? openSharedNamespace() : undefined;
      await using stage = await openOwnStage({
        stream: content.stream,
        host: namespace?.host,
        routes: serveViewerPages,
      });
      const where = { pagesUrl: stage.url, links };
      await using viewers = namespace
        ? await openChromiumBehind(namespace, where)
        : await openSharedChromium(where, by);
      // Everybody is on this machine.
      return await play({ scenario, stage, viewers, by, nearcast: { iceServers: [] } }, options);
    },
  };
}

interface Play extends Pick<RealTimeRun, "scenario" | "stage"> {
  readonly viewers: LinkedViewers;
  readonly by: Shaper;
  /** More of the player's options. */
  readonly nearcast: object;
}

function play({ scenario, stage, viewers, by, nearcast }: Play, options: RunOptions) {
  const { src, tracker, stream } = stage;
  const links = linksOf(scenario, by);
  const seats = planSessions(scenario).map((session, index) => ({
    session,
    upMbps: links[index]?.upMbps,
    hold: () => {
      const order = orderOf(scenario, session);
      return viewers.hold(index, {
        ...order,
        nearcast: { ...order.nearcast, ...nearcast },
        src,
        tracker,
        stream,
      });
    },
  }));
  return playInRealTime(
    {
      engine: "browsers",
      scenario,
      stage,
      audience: new BrowserAudience(scenario, seats),
      shaping: { by, about: describeShaping(by, scenario, "added"), viewers: links },
      lookEveryMs: LOOK_EVERY_MS,
    },
    options,
  );
}

function linksOf(scenario: Scenario, by: Shaper) {
  return planSessions(scenario).map((session) => (by === "nothing" ? {} : linkOf(session)));
}

function obstaclesTo(scenario: Scenario, given: GivenAddresses | undefined): Obstacles {
  const refusal = sharedNamespaceRefusedBecause(planSessions(scenario).length);
  return { namespaces: given ? OUT_OF_NAMESPACES : refusal };
}

function orderOf(
  { stream, policies }: Scenario,
  { traits }: Session,
): Pick<ViewerOrder, "engine" | "hls" | "nearcast"> {
  return {
    engine: traits.usesPeers ? "nearcast" : "plain",
    hls: stream.kind === "live" ? { liveSyncDurationCount: stream.latencySegments } : {},
    nearcast: {
      upload: traits.mayUpload,
      uploadRatio: policies.uploadRatio,
      prefetchWindowS: policies.prefetchWindowS,
      memoryLimitMiB: policies.memoryMiB,
    },
  };
}
