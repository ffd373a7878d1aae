import type { OriginTotals } from "../browsers/access-log.js";
import type { ViewerSnapshot } from "../browsers/page/snapshot.js";

/** What one run of one stream came to; the JSON of `--json` is a list of these. */
export interface DemoResult {
  readonly stream: string;
  readonly viewers: number;
  readonly elapsedMs: number;
  /** 1 − segment bytes sent by the origin ÷ segment bytes handed to the players; from the origin's log, with the start. */
  readonly offload: number;
  /** What no system can beat: 1 − 1/viewers. */
  readonly offloadLimit: number;
  /** Segment bytes that the origin has sent. */
  readonly residualBytes: number;
  readonly residualKbps: number;
  /** Complete copies of a segment that the origin has sent, mean over the segments. */
  readonly originCopiesPerSegment: number;
  readonly stalls: number;
  readonly stalledMs: number;
  /** Median and worst over the viewers; `null` before anybody plays. */
  readonly startupMs: { readonly median: number; readonly worst: number } | null;
  readonly perViewer: readonly ViewerSnapshot[];
}

export function summarise(
  stream: string,
  snapshots: readonly ViewerSnapshot[],
  origin: OriginTotals,
  elapsedMs: number,
): DemoResult {
  const loadedBytes = sum(snapshots.map((viewer) => viewer.loadedBytes));
  const copies = [...origin.copies.values()];
  const startups = snapshots
    .map(({ startupMs }) => startupMs)
    .filter((startupMs) => startupMs !== undefined)
    .sort((a, b) => a - b);
  return {
    stream,
    viewers: snapshots.length,
    elapsedMs,
    offload: loadedBytes > 0 ? 1 - origin.segmentBytes / loadedBytes : 0,
    offloadLimit: snapshots.length > 0 ? 1 - 1 / snapshots.length : 0,
    residualBytes: origin.segmentBytes,
    // A moment is not enough for a rate.
    residualKbps: (origin.segmentBytes * 8) / Math.max(1_000, elapsedMs),
    originCopiesPerSegment: copies.length > 0 ? sum(copies) / copies.length : 0,
    stalls: sum(snapshots.map(({ stalls }) => stalls)),
    stalledMs: sum(snapshots.map(({ stalledMs }) => stalledMs)),
    startupMs:
      startups.length > 0
        ? {
            median: startups[Math.floor((startups.length - 1) / 2)] as number,
            worst: startups.at(-1) as number,
          }
        : null,
    perViewer: snapshots,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
