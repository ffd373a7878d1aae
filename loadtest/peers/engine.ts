import { randomInt } from "node:crypto";
import { swarmIdOf } from "../../player/protocol/index.js";
import { planSessions, type Session } from "../audience/sessions.js";
import { type OwnPorts, openOwnPorts } from "../links/own-ports.js";
import {
  chooseShaper,
  describeShaping,
  type Obstacles,
  OUT_OF_NAMESPACES,
  type Shaper,
} from "../links/shaping.js";
import {
  openSharedNamespace,
  type SharedNamespace,
  sharedNamespaceRefusedBecause,
} from "../links/shared-namespace.js";
import { limitsOf, ratesOf } from "../links/viewer-link.js";
import type { Engine, RunOptions } from "../run/engine.js";
import { openGivenStage } from "../run/given-stage.js";
import { refuseOtherWorlds } from "../run/other-worlds.js";
import { openOwnStage } from "../run/own-stage.js";
import { playInRealTime, type RealTimeRun } from "../run/real-time.js";
import { DEFAULT_REAL_TIME_FLAGS, givenAddresses, type RealTimeFlags } from "../run/real-time-flags.js";
import { type Needs, requireRoom } from "../run/room.js";
import type { Scenario } from "../scenario/scenario.js";
import { type Addresses, HeadlessAudience } from "./audience.js";
import { makeRandomContent } from "./content.js";
import { startViewerHosts, type ViewerHosts } from "./viewer-hosts.js";
import type { ViewerOrder } from "./viewer-messages.js";

const LOOK_EVERY_MS = 250;

/** Two cores carry 200; 50 in two processes took 584 MiB after 40 s. */
const NEEDS: Needs = {
  viewers: "headless viewers",
  perCore: 100,
  mib: 12,
  otherwise: "the simulator carries more",
};

/** Headless viewers in processes of Node. */
export function headlessViewers(flags: RealTimeFlags = DEFAULT_REAL_TIME_FLAGS): Engine {
  const shaperOf = (scenario: Scenario) =>
    chooseShaper(
      scenario,
      flags.shaping,
      obstaclesTo(scenario, givenAddresses(flags, scenario) !== undefined),
    );
  return {
    check(scenario) {
      requireRoom(scenario, NEEDS);
      refuseOtherWorlds(scenario);
      shaperOf(scenario);
    },

    async run(scenario, options) {
      const given = givenAddresses(flags, scenario);
      if (given) {
        await using stage = await openGivenStage(given);
        const played = { ...scenario, stream: { ...scenario.stream, ...stage.seen } };
        await using hosts = await startViewerHosts(played.audience.viewers);
        const { src, announce, iceServers, integrityKeys } = stage;
        // Other runs with the same tracker must not have the same peer ids.
        const seed = randomInt(2 ** 32 - 1);
        const addresses = {
          src,
          trackers: announce,
          iceServers,
          integrityKeys,
          swarmId: swarmIdOf(given.stream),
          seed,
        };
        return await play({ scenario: played, stage, addresses, hosts, by: "nothing" }, options);
      }
      using content = makeRandomContent(scenario);
      const by = shaperOf(scenario);
      await using namespace = by === "namespaces" ? openSharedNamespace() : undefined;
      await using stage = await openOwnStage({ stream: content.stream, host: namespace?.host });
      await using hosts = await startViewerHosts(scenario.audience.viewers, namespace?.name);
      const { src, tracker, stream } = stage;
      const addresses = {
        src,
        trackers: [tracker],
        iceServers: [],
        integrityKeys: [],
        swarmId: swarmIdOf(stream),
        seed: scenario.seed,
      };
      using links = namespace && (await openLinks(namespace, scenario, [src, tracker]));
      return await play({ scenario, stage, addresses, hosts, by, links }, options);
    },
  };
}

interface Play extends Pick<RealTimeRun, "scenario" | "stage"> {
  readonly addresses: Addresses;
  readonly hosts: ViewerHosts;
  readonly by: Shaper;
  readonly links?: Links | undefined;
}

/** By which sessions reach the servers and each other, where they are limited. */
interface Links extends Disposable {
  readonly namespace: SharedNamespace;
  /** Of each session. */
  readonly ownPorts: readonly OwnPorts[];
}

async function openLinks(
  namespace: SharedNamespace,
  scenario: Scenario,
  urls: readonly string[],
): Promise<Links> {
  const ownPorts: OwnPorts[] = [];
  for (const [index, session] of planSessions(scenario).entries()) {
    const own = await openOwnPorts(namespace.host, urls);
    ownPorts.push(own);
    namespace.limit(index, limitsOf(ratesOf(session)));
    for (const port of own.ports) namespace.giveServerPort(index, port);
  }
  return {
    namespace,
    ownPorts,
    [Symbol.dispose]: () => {
      for (const own of ownPorts) own[Symbol.dispose]();
    },
  };
}

function play({ scenario, stage, addresses, hosts, by, links }: Play, options: RunOptions) {
  const sessions = planSessions(scenario);
  const linkOf = (session: Session) => (by === "namespaces" ? ratesOf(session) : {});
  const seats = sessions.map((session, index) => ({
    session,
    upMbps: linkOf(session).upMbps,
    open: (order: ViewerOrder) => {
      const own = links?.ownPorts[index];
      if (!links || !own) return hosts.of(index).open(order);
      const through = { ...order, src: own.of(order.src), trackers: order.trackers.map(own.of) };
      return hosts.of(index).open(through, (port) => links.namespace.giveOwnPort(index, port));
    },
  }));
  return playInRealTime(
    {
      engine: "peers",
      scenario,
      stage,
      audience: new HeadlessAudience(scenario, addresses, seats, () => hosts.heldUpMs),
      shaping: { by, about: describeShaping(by, scenario, "none"), viewers: sessions.map(linkOf) },
      lookEveryMs: LOOK_EVERY_MS,
    },
    options,
  );
}

function obstaclesTo(scenario: Scenario, isGiven: boolean): Obstacles {
  const refusal = sharedNamespaceRefusedBecause(planSessions(scenario).length);
  return {
    namespaces: isGiven ? OUT_OF_NAMESPACES : refusal,
    chromium: "headless viewers run without Chromium",
  };
}
