import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Express } from "express";
import { type Stack, startStack } from "../../demo/stack.js";
import type { StreamConfig } from "../../origin/index.js";
import { AccessLog } from "../browsers/access-log.js";
import { resultOf, type SessionRecord } from "../result/observations.js";
import type { EngineName, LoadResult } from "../result/result.js";
import { TimelineRecorder, type Totals } from "../result/timeline-recorder.js";
import type { Scenario } from "../scenario/scenario.js";
import type { RunOptions } from "./engine.js";

/** Viewers that come and go in real time. */
export interface RealAudience {
  /** Lets those come, go, pause and seek whose time it is; called again and again. */
  look(elapsedS: number): void | Promise<void>;
  /** Of all present and past viewers. */
  readonly totals: Omit<Totals, "originBytes"> & { readonly discardedBytes: number };
  /** Everybody leaves. */
  close(elapsedS: number): void | Promise<void>;
  /** Complete after `close`. */
  readonly records: readonly SessionRecord[];
}

/** Origin and tracker of a run, and where viewers find them. */
export interface Stage {
  readonly stack: Stack;
  readonly stream: string;
  /** Master playlist. */
  readonly src: string;
}

export interface RealTimeRun {
  readonly engine: EngineName;
  readonly scenario: Scenario;
  readonly stream: StreamConfig;
  readonly lookEveryMs: number;
  /** More pages on the origin's server. */
  readonly routes?: (app: Express) => void;
  readonly open: (stage: Stage) => RealAudience;
}

const STREAM = "loadtest";

/** Plays a scenario against an origin and a tracker in this process, for as long as it lasts. */
export async function playInRealTime(
  run: RealTimeRun,
  { onMoment, signal }: RunOptions,
): Promise<LoadResult> {
  const { engine, scenario, lookEveryMs, routes } = run;
  const log = new AccessLog();
  await using stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    streams: { [STREAM]: run.stream },
    onServed: log.add,
    ...(routes && { routes }),
  });
  const audience = run.open({ stack, stream: STREAM, src: `${stack.url}/hls/${STREAM}/master.m3u8` });
  const startedAtMs = Date.now();
  const elapsedS = () => (Date.now() - startedAtMs) / 1000;
  const stillness = monitorEventLoopDelay({ resolution: 10 });
  stillness.enable();
  const timeline = new TimelineRecorder(scenario.durationS);
  while (!signal.aborted && elapsedS() < scenario.durationS) {
    await audience.look(elapsedS());
    const totals = { ...audience.totals, originBytes: log.totals(STREAM).segmentBytes };
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
    originBytes: log.totals(STREAM).segmentBytes,
    discardedBytes: audience.totals.discardedBytes,
    segments: log.segments(STREAM, startedAtMs),
    connections: undefined,
    peerBytesByNearness: {},
    heldUpMs: stillness.max / 1e6,
  });
}
