import { resultOf, type SessionRecord } from "../result/observations.js";
import type { LoadResult } from "../result/result.js";
import type { Moment } from "../run/engine.js";
import type { Scenario } from "../scenario/scenario.js";
import { countPeers } from "./meeting.js";
import { World } from "./world.js";

/** A scenario in simulated time. The same scenario gives the same result, to the byte. */
export class Simulation {
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #durationMs: number;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#durationMs = scenario.durationS * 1000;
    const world = new World(scenario);
    this.#world = world;
    for (const viewer of world.viewers) world.playback.expect(viewer);
    const { schedule } = world;
    const step = schedule.on(() => world.tally.step(this.#stalled()));
    const { stepS } = world.tally;
    for (let atS = stepS; atS <= scenario.durationS; atS += stepS) schedule.at(atS * 1000, step, 0);
  }

  get moment(): Moment {
    const { schedule, tally } = this.#world;
    return {
      elapsedS: schedule.nowMs / 1000,
      viewers: tally.viewers,
      originBytes: tally.originBytes,
      peerBytes: tally.peerBytes,
    };
  }

  /** Lets so many events happen. @returns false when the run is over. */
  advance(events: number): boolean {
    return this.#world.schedule.run(this.#durationMs, events);
  }

  result(isPartial: boolean): LoadResult {
    const { schedule, tally, meeting } = this.#world;
    return resultOf({
      engine: "simulate",
      scenario: this.#scenario,
      isPartial,
      ranS: schedule.nowMs / 1000,
      sessions: this.#sessions(),
      timeline: tally.timeline,
      originBytes: tally.originBytes,
      discardedBytes: tally.discardedBytes,
      segments: tally.segments,
      connections: meeting,
      peerBytesByNearness: tally.peerBytesByNearness,
      heldUpMs: null,
    });
  }

  *#sessions(): Generator<SessionRecord> {
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
        uplinkBytes: viewer.upBytesPerMs * livedMs,
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
