import type { Session } from "../audience/sessions.js";
import type { SessionRecord } from "../result/observations.js";
import type { Scenario } from "../scenario/scenario.js";
import { countPeers } from "./meeting.js";
import type { Tally } from "./tally.js";
import { World } from "./world.js";

/** Viewers who can meet each other, and nobody else, with their share of the origin. */
export class Part {
  readonly #world: World;

  /** @param number among the parts of an audience. */
  constructor(scenario: Scenario, sessions: readonly Session[], number: number) {
    const world = new World(scenario, sessions, number);
    this.#world = world;
    for (const viewer of world.viewers) world.playback.expect(viewer);
    const { schedule, tally } = world;
    const step = schedule.on(() => tally.step(this.#stalled()));
    for (let atS = tally.stepS; atS <= scenario.durationS; atS += tally.stepS) {
      schedule.at(atS * 1000, step, 0);
    }
  }

  get nowMs(): number {
    return this.#world.schedule.nowMs;
  }

  get tally(): Tally {
    return this.#world.tally;
  }

  get connections(): { readonly tried: number; readonly failed: number } {
    return this.#world.meeting;
  }

  /** Lets up to so many events happen. @returns false when there are no more of them before `untilMs`. */
  advance(untilMs: number, events: number): boolean {
    return this.#world.schedule.run(untilMs, events);
  }

  *sessions(): Generator<SessionRecord> {
    const { viewers, schedule, playback } = this.#world;
    for (const viewer of viewers) {
      if (viewer.state === "coming") continue;
      if (viewer.state === "present") playback.settle(viewer);
      const leftAtMs = Math.min(schedule.nowMs, viewer.session.leaveS * 1000);
      const livedMs = Math.max(1, leftAtMs - viewer.joinedAtMs);
      countPeers(viewer, leftAtMs);
      yield {
        startupMs: viewer.startupMs,
        playedMs: viewer.playedMs,
        stalls: viewer.stalls,
        stalledMs: viewer.stalledMs,
        loadedBytes: viewer.loadedBytes,
        peerBytes: viewer.fromPeers,
        uploadedBytes: viewer.uploaded,
        mayUpload: viewer.traits.mayUpload,
        uplinkBytes: viewer.traits.upMbps * 125 * livedMs,
        meanPeers: viewer.peerMs / livedMs,
        latencyS: viewer.latencyLooks > 0 ? viewer.latencySumS / viewer.latencyLooks : undefined,
        hasFailed: false,
      };
    }
  }

  #stalled(): number {
    let count = 0;
    for (const { stalledSinceMs } of this.#world.viewers) if (stalledSinceMs !== undefined) count++;
    return count;
  }
}
