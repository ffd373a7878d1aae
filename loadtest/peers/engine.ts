import { setTimeout as sleep } from "node:timers/promises";
import { startStack } from "../../demo/stack.js";
import { planSessions } from "../audience/sessions.js";
import { AccessLog } from "../browsers/access-log.js";
import { resultOf } from "../result/observations.js";
import type { LoadResult } from "../result/result.js";
import { TimelineRecorder } from "../result/timeline-recorder.js";
import { refuseSlowLinks } from "../run/check-links.js";
import type { Engine, RunOptions } from "../run/engine.js";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { HeadlessAudience } from "./audience.js";
import { makeRandomContent } from "./content.js";

const STREAM = "loadtest";
const LOOK_EVERY_MS = 250;

/** What one process has carried on a machine with two cores; see calibration.md. */
export const MOST_HEADLESS_VIEWERS = 200;

/** Headless viewers in this process, against origin and tracker in it. */
export const headlessViewers: Engine = {
  check(scenario) {
    const { audience } = scenario;
    if (audience.viewers > MOST_HEADLESS_VIEWERS) {
      throw new ScenarioError(
        `audience.viewers: expected at most ${MOST_HEADLESS_VIEWERS} headless viewers on this machine, got ${audience.viewers}; the simulator carries more`,
      );
    }
    refuseSlowLinks(scenario);
  },

  async run(scenario: Scenario, { onMoment, signal }: RunOptions): Promise<LoadResult> {
    using content = makeRandomContent(scenario);
    const log = new AccessLog();
    await using stack = await startStack({
      originPort: 0,
      trackerPort: 0,
      streams: { [STREAM]: content.stream },
      onServed: log.add,
    });
    const audience = new HeadlessAudience(
      scenario,
      {
        src: `${stack.url}/hls/${STREAM}/master.m3u8`,
        tracker: stack.trackerUrl,
        swarmId: `nearcast:${STREAM}`,
      },
      planSessions(scenario),
    );
    const startedAtMs = Date.now();
    const timeline = new TimelineRecorder(scenario.durationS);
    const elapsedS = () => (Date.now() - startedAtMs) / 1000;
    while (!signal.aborted && elapsedS() < scenario.durationS) {
      audience.look(elapsedS());
      const { viewers, stalled, fromPeers, uploaded } = audience.totals;
      const originBytes = log.totals(STREAM).segmentBytes;
      timeline.add(elapsedS(), {
        viewers,
        stalled,
        originBytes,
        peerBytes: fromPeers,
        uploadedBytes: uploaded,
      });
      onMoment({ elapsedS: elapsedS(), viewers, originBytes, peerBytes: fromPeers });
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    }
    const ranS = elapsedS();
    const { segmentBytes } = log.totals(STREAM);
    audience.close(ranS);
    return resultOf({
      engine: "peers",
      scenario,
      isPartial: signal.aborted,
      ranS,
      sessions: audience.records,
      timeline: timeline.timeline,
      originBytes: segmentBytes,
      discardedBytes: audience.totals.discarded,
      segments: log.segments(STREAM, startedAtMs),
      connections: undefined,
      peerBytesByNearness: {},
    });
  },
};
