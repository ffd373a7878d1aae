import logUpdate from "log-update";
import type { Scenario } from "../scenario/scenario.js";
import type { Moment } from "./engine.js";

export interface Progress {
  /** Before the clock starts. */
  showReady(viewers: number, of: number): void;
  show(moment: Moment): void;
  close(): void;
}

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 10_000;

/** A bar on a terminal; elsewhere a line now and then. Goes to stderr, so that stdout has results only. */
export function openProgress({ durationS }: Scenario): Progress {
  if (!process.stderr.isTTY) return linesEvery(LINE_EVERY_MS, durationS);
  return {
    showReady: (viewers, of) => logUpdate(`${bar(viewers / of)} ${describeReady(viewers, of)}`),
    show: (moment) => logUpdate(`${bar(moment.elapsedS / durationS)} ${describe(moment, durationS)}`),
    close: () => logUpdate.clear(),
  };
}

function linesEvery(intervalMs: number, durationS: number): Progress {
  let lastMs = Number.NEGATIVE_INFINITY;
  const tell = (line: string) => {
    if (performance.now() - lastMs < intervalMs) return;
    lastMs = performance.now();
    console.error(line);
  };
  return {
    showReady: (viewers, of) => tell(describeReady(viewers, of)),
    show: (moment) => tell(describe(moment, durationS)),
    close: () => {},
  };
}

/** @param share from 0 to 1; more is full, too. */
function bar(share: number): string {
  const done = Math.round(Math.min(1, share) * BAR_WIDTH);
  return `${"█".repeat(done)}${"░".repeat(BAR_WIDTH - done)}`;
}

function describeReady(viewers: number, of: number): string {
  return `${viewers} of ${of} viewers are ready`;
}

function describe({ elapsedS, viewers, originBytes, peerBytes }: Moment, durationS: number): string {
  const all = originBytes + peerBytes;
  const share = all > 0 ? `${((peerBytes / all) * 100).toFixed(1)} % from peers` : "no bytes yet";
  return `${Math.floor(elapsedS)} of ${durationS} s, ${viewers} viewers, ${share}`;
}
