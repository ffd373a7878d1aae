import { randomInt } from "node:crypto";
import { swarmIdOf } from "../../player/protocol/index.js";
import { planSessions, type Session } from "../audience/sessions.js";
import { openLinkedNamespaces } from "../links/linked-namespaces.js";
import { namespacesRefusedBecause } from "../links/namespaces.js";
import {
  chooseShaper,
  describeShaping,
  type Obstacles,
  OUT_OF_NAMESPACES,
  type Shaper,
} from "../links/shaping.js";
import { ratesOf } from "../links/viewer-link.js";
import type { Engine, RunOptions } from "../run/engine.js";
import { openGivenStage } from "../run/given-stage.js";
import { refuseOtherWorlds } from "../run/other-worlds.js";
import { openOwnStage } from "../run/own-stage.js";
import { playInRealTime, type RealTimeRun } from "../run/real-time.js";
import { DEFAULT_REAL_TIME_FLAGS, givenAddresses, type RealTimeFlags } from "../run/real-time-flags.js";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { type Addresses, HeadlessAudience } from "./audience.js";
import { makeRandomContent } from "./content.js";
import { startHostsIn, startSharedHosts, type ViewerHosts } from "./viewer-hosts.js";

const LOOK_EVERY_MS = 250;

/** What a machine with two cores carries. */
const MOST_HEADLESS_VIEWERS = 200;
/** With a process of its own for each. */
const MOST_SHAPED_SESSIONS = 64;

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
      const { viewers } = scenario.audience;
      if (viewers > MOST_HEADLESS_VIEWERS) {
        throw new ScenarioError(
          `audience.viewers: expected at most ${MOST_HEADLESS_VIEWERS} headless viewers on this machine, got ${viewers}; the simulator carries more`,
        );
      }
      refuseOtherWorlds(scenario);
      shaperOf(scenario);
    },

    async run(scenario, options) {
      const given = givenAddresses(flags, scenario);
      if (given) {
        await using stage = await openGivenStage(given);
        const played = { ...scenario, stream: { ...scenario.stream, ...stage.seen } };
        await using hosts = await startSharedHosts(played.audience.viewers);
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
      using namespaces =
        by === "namespaces" ? openLinkedNamespaces(planSessions(scenario).map(ratesOf)) : undefined;
      await using stage = await openOwnStage({ stream: content.stream, host: namespaces?.host });
      await using hosts = await (namespaces
        ? startHostsIn(namespaces.cables.map(({ namespace }) => namespace))
        : startSharedHosts(scenario.audience.viewers));
      const { src, tracker, stream } = stage;
      const addresses = {
        src,
        trackers: [tracker],
        iceServers: [],
        integrityKeys: [],
        swarmId: swarmIdOf(stream),
        seed: scenario.seed,
      };
      return await play({ scenario, stage, addresses, hosts, by }, options);
    },
  };
}

interface Play extends Pick<RealTimeRun, "scenario" | "stage"> {
  readonly addresses: Addresses;
  readonly hosts: ViewerHosts;
  readonly by: Shaper;
}

function play({ scenario, stage, addresses, hosts, by }: Play, options: RunOptions) {
  const sessions = planSessions(scenario);
  const linkOf = (session: Session) => (by === "namespaces" ? ratesOf(session) : {});
  const seats = sessions.map((session, index) => ({
    session,
    upMbps: linkOf(session).upMbps,
    open: hosts.of(index).open,
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
  return {
    namespaces: isGiven ? OUT_OF_NAMESPACES : (namespacesRefusedBecause() ?? tooManyFor(scenario)),
    chromium: "headless viewers run without Chromium",
  };
}

function tooManyFor(scenario: Scenario): string | undefined {
  const { length } = planSessions(scenario);
  if (length <= MOST_SHAPED_SESSIONS) return undefined;
  return `each of this scenario's ${length} sessions would need a process in a namespace of its own, and this machine carries ${MOST_SHAPED_SESSIONS}`;
}
