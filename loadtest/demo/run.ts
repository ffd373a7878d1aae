import { setTimeout as sleep } from "node:timers/promises";
import { startStack } from "../../demo/stack.js";
import { AccessLog } from "../browsers/access-log.js";
import { launchChromium } from "../browsers/chromium.js";
import type { ViewerSnapshot } from "../browsers/page/snapshot.js";
import { openViewer, type Viewer } from "../browsers/viewer.js";
import { serveViewerPages } from "../browsers/viewer-pages.js";
import { type DemoResult, summarise } from "./summary.js";

export interface DemoOrder {
  readonly viewers: number;
  readonly seconds: number;
  /** Names of embedded streams, played one after the other. */
  readonly streams: readonly string[];
  /** Time between one viewer and the next. */
  readonly joinEveryMs: number;
}

/** A moment of a run. */
export interface DemoMoment {
  readonly stream: string;
  readonly elapsedMs: number;
  readonly snapshots: readonly ViewerSnapshot[];
  readonly result: DemoResult;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Plays each stream with real browsers on a stack of its own.
 *
 * @param signal ends the run early; what was seen until then is the result.
 */
export async function runDemo(
  order: DemoOrder,
  onMoment: (moment: DemoMoment) => void,
  signal: AbortSignal,
): Promise<DemoResult[]> {
  const results: DemoResult[] = [];
  for (const stream of order.streams) {
    if (!signal.aborted) results.push(await runStream(order, stream, onMoment, signal));
  }
  return results;
}

async function runStream(
  order: DemoOrder,
  stream: string,
  onMoment: (moment: DemoMoment) => void,
  signal: AbortSignal,
): Promise<DemoResult> {
  const log = new AccessLog();
  await using stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    onServed: log.add,
    routes: serveViewerPages,
  });
  await using browser = await launchChromium([], { endsOnSignals: false });

  const viewers: Viewer[] = [];
  const startedAtMs = performance.now();
  let moment: DemoMoment | undefined;
  while (!signal.aborted) {
    const elapsedMs = performance.now() - startedAtMs;
    while (viewers.length < Math.min(order.viewers, 1 + Math.floor(elapsedMs / order.joinEveryMs))) {
      const src = `${stack.url}/hls/${stream}/master.m3u8`;
      viewers.push(
        await openViewer(browser, stack.url, { engine: "nearcast", src, tracker: stack.trackerUrl, stream }),
      );
    }
    const snapshots = await Promise.all(viewers.map((viewer) => viewer.snapshot()));
    moment = {
      stream,
      elapsedMs,
      snapshots,
      result: summarise(stream, snapshots, log.totals(stream), elapsedMs),
    };
    onMoment(moment);
    const haveAllEnded =
      viewers.length === order.viewers && snapshots.every(({ state }) => state === "ended");
    if (elapsedMs >= order.seconds * 1000 || haveAllEnded) break;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
  return moment?.result ?? summarise(stream, [], log.totals(stream), 0);
}
