import logUpdate from "log-update";
import type { Scenario } from "../scenario/scenario.js";
import type { Moment } from "./engine.js";

export interface Progress {
  show(moment: Moment): void;
  close(): void;
}

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 10_000;

/** A bar on a terminal; elsewhere a line now and then. Goes to stderr, so that stdout has results only. */
export function openProgress({ durationS }: Scenario): Progress {
  if (!process.stderr.isTTY) return linesEvery(LINE_EVERY_MS, durationS);
  return {
    show: (moment) => {
      const done = Math.round(Math.min(1, moment.elapsedS / durationS) * BAR_WIDTH);
      logUpdate(`${"█".repeat(done)}${"░".repeat(BAR_WIDTH - done)} ${describe(moment, durationS)}`);
    },
    close: () => logUpdate.clear(),
  };
}

function linesEvery(intervalMs: number, durationS: number): Progress {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    show: (moment) => {
      if (performance.now() - lastMs < intervalMs) return;
      lastMs = performance.now();
      console.error(describe(moment, durationS));
    },
    close: () => {},
  };
}

function describe({ elapsedS, viewers, originBytes, peerBytes }: Moment, durationS: number): string {
  const all = originBytes + peerBytes;
  const share = all > 0 ? `${((peerBytes / all) * 100).toFixed(1)} % from peers` : "no bytes yet";
  return `${Math.floor(elapsedS)} of ${durationS} s, ${viewers} viewers, ${share}`;
}
