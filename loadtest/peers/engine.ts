import { planSessions } from "../audience/sessions.js";
import { refuseSlowLinks } from "../run/check-links.js";
import type { Engine } from "../run/engine.js";
import { playInRealTime } from "../run/real-time.js";
import { ScenarioError } from "../scenario/scenario.js";
import { HeadlessAudience } from "./audience.js";
import { makeRandomContent } from "./content.js";

const LOOK_EVERY_MS = 250;

/** What one process carries on a machine with two cores. */
const MOST_HEADLESS_VIEWERS = 200;

/** Headless viewers in this process. */
export const headlessViewers: Engine = {
  check(scenario) {
    const { viewers } = scenario.audience;
    if (viewers > MOST_HEADLESS_VIEWERS) {
      throw new ScenarioError(
        `audience.viewers: expected at most ${MOST_HEADLESS_VIEWERS} headless viewers on this machine, got ${viewers}; the simulator carries more`,
      );
    }
    refuseSlowLinks(scenario);
  },

  async run(scenario, options) {
    using content = makeRandomContent(scenario);
    return await playInRealTime(
      {
        engine: "peers",
        scenario,
        stream: content.stream,
        lookEveryMs: LOOK_EVERY_MS,
        open: ({ stack, stream, src }) =>
          new HeadlessAudience(
            scenario,
            { src, tracker: stack.trackerUrl, swarmId: `nearcast:${stream}` },
            planSessions(scenario),
          ),
      },
      options,
    );
  },
};
