import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shaping } from "../links/shaping.js";
import { resultOf, type SessionRecord } from "../result/observations.js";
import type { EngineName, LoadResult } from "../result/result.js";
import { TimelineRecorder, type Totals } from "../result/timeline-recorder.js";
import type { Scenario } from "../scenario/scenario.js";
import type { RunOptions } from "./engine.js";
import type { Stage } from "./stage.js";

/** Viewers that come and go in real time. */
export interface RealAudience {
  /** What is done before the clock starts. */
  prepare?(signal: AbortSignal, onReady?: RunOptions["onReady"]): Promise<void>;
  /** Lets those come, go, pause and seek whose time it is; called again and again. */
  look(elapsedS: number): void | Promise<void>;
  /** Of all present and past viewers. */
  readonly totals: Omit<Totals, "originBytes"> & {
    readonly discardedBytes: number;
    /** From the origin, as viewers count. */
    readonly fetchedBytes: number;
  };
  /** The longest that a process of viewers, other than this one, stood still. */
  readonly heldUpMs: number;
  /** Everybody leaves. */
  close(elapsedS: number): void | Promise<void>;
  /** Complete after `close`. */
  readonly records: readonly SessionRecord[];
}

export interface RealTimeRun {
  readonly engine: EngineName;
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly audience: RealAudience;
  readonly shaping: Shaping;
  readonly lookEveryMs: number;
}

/** Plays a scenario for as long as it lasts. */
export async function playInRealTime(
  { engine, scenario, stage, audience, shaping, lookEveryMs }: RealTimeRun,
  { onMoment, onReady, signal }: RunOptions,
): Promise<LoadResult> {
  await audience.prepare?.(signal, onReady);
  const startedAtMs = Date.now();
  const elapsedS = () => (Date.now() - startedAtMs) / 1000;
  const originBytes = () => stage.originLog?.segmentBytes ?? audience.totals.fetchedBytes;
  const stillness = monitorEventLoopDelay({ resolution: 10 });
  stillness.enable();
  const timeline = new TimelineRecorder(scenario.durationS);
  while (!signal.aborted && elapsedS() < scenario.durationS) {
    await audience.look(elapsedS());
    const totals = { ...audience.totals, originBytes: originBytes() };
    timeline.add(elapsedS(), totals);
    onMoment({ elapsedS: elapsedS(), ...totals });
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  }
  const ranS = elapsedS();
  stillness.disable();
  await audience.close(ranS);
  return resultOf({
    engine,
    scenario,
    isPartial: signal.aborted,
    ranS,
    sessions: audience.records,
    timeline: timeline.timeline,
    originBytes: originBytes(),
    discardedBytes: audience.totals.discardedBytes,
    segments: stage.originLog?.segments(startedAtMs),
    connections: undefined,
    peerBytesByNearness: {},
    heldUpMs: Math.max(stillness.max / 1e6, audience.heldUpMs),
    shaping,
  });
}
