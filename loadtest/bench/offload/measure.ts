import { mean, median, percentile, sum } from "../statistics.js";
import { settledCopies } from "./settled-copies.js";
import type { ViewerFigures } from "./viewer-record.js";

/** What one run came to. `null` stands for a figure that this run cannot have. */
export interface OffloadFigures {
  /** 1 − segment bytes that the origin sent ÷ segment bytes handed to the players, from the start on; origin's log. */
  readonly offload: number;
  /** 1 − 1/N: each segment leaves the origin once. */
  readonly offloadLimit: number;
  /** Complete origin copies per segment, over the steady part of the run. */
  readonly copiesMean: number | null;
  readonly copiesP95: number | null;
  /** How many segments those two are taken over. */
  readonly settledSegments: number;
  /** The same mean over all segments of the run. */
  readonly copiesMeanOverall: number | null;
  /**
   * Bytes received but not handed to a player ÷ bytes handed to players. Received is what viewers count from peers,
   * what they threw away of it included, and what the origin's log counts as sent. So it holds transfers that were cut
   * off, segments that came twice, and segments that were fetched but not played when the run ended.
   */
  readonly waste: number;
  /** The part of it that was thrown away: bytes from peers that never made a segment ÷ bytes handed to players. */
  readonly discarded: number;
  /** Over the viewers; one that never played counts with all the time it had. */
  readonly startupMedianMs: number | null;
  readonly startupWorstMs: number | null;
  readonly stalls: number;
  readonly stalledS: number;
  readonly stalledViewers: number;
  readonly meanHeight: number | null;
  /** Median over the viewers, to the second; one that never got there counts with all the time it had. */
  readonly topAfterS: number | null;
  readonly latencyS: number | null;
  /** The busiest viewer's upload ÷ the mean: 1 is perfectly even. */
  readonly uploadSpread: number | null;
  /** Cores used by the browsers, and by the whole machine with whatever else ran on it. */
  readonly browserCores: number;
  readonly machineCores: number;
  /** The latter while the later half of the viewers joined, up to two seconds after the last one. */
  readonly joiningCores: number | null;
  /** Fatal errors of hls.js and errors of pages. */
  readonly errors: readonly string[];
}

export interface Observation {
  /** All who were there, those who left included. */
  readonly viewers: readonly ViewerFigures[];
  /** How many were there at a time. */
  readonly seats: number;
  readonly origin: {
    readonly segmentBytes: number;
    readonly copyTimes: ReadonlyMap<string, readonly number[]>;
  };
  /** See `settledCopies`; by the origin's clock. */
  readonly steady: { readonly fromMs: number; readonly untilMs: number };
  readonly cores: {
    readonly browsers: number;
    readonly machine: number;
    readonly joining: number | null;
  };
}

export function measure({ viewers, seats, origin, steady, cores }: Observation): OffloadFigures {
  const last = viewers.map((viewer) => viewer.last);
  const loadedBytes = sum(last.map((snapshot) => snapshot.loadedBytes));
  const discardedBytes = sum(last.map((snapshot) => snapshot.wasted));
  const peerBytes = sum(last.map((snapshot) => snapshot.fromPeers)) + discardedBytes;
  const copies = settledCopies(origin.copyTimes, steady);
  const startups = viewers.map((viewer) => viewer.last.startupMs ?? viewer.livedMs);
  const uploads = last.map((snapshot) => snapshot.uploaded);
  return {
    offload: loadedBytes > 0 ? 1 - origin.segmentBytes / loadedBytes : 0,
    offloadLimit: 1 - 1 / seats,
    copiesMean: mean(copies),
    copiesP95: percentile(copies, 0.95),
    settledSegments: copies.length,
    copiesMeanOverall: mean([...origin.copyTimes.values()].map((times) => times.length)),
    waste: loadedBytes > 0 ? (peerBytes + origin.segmentBytes - loadedBytes) / loadedBytes : 0,
    discarded: loadedBytes > 0 ? discardedBytes / loadedBytes : 0,
    startupMedianMs: median(startups),
    startupWorstMs: startups.length > 0 ? Math.max(...startups) : null,
    stalls: sum(last.map((snapshot) => snapshot.stalls)),
    stalledS: sum(last.map((snapshot) => snapshot.stalledMs)) / 1000,
    stalledViewers: last.filter((snapshot) => snapshot.stalls > 0).length,
    meanHeight: mean(viewers.flatMap((viewer) => viewer.meanHeight ?? [])),
    topAfterS: seconds(median(viewers.map((viewer) => viewer.topAfterMs ?? viewer.livedMs))),
    latencyS: mean(viewers.flatMap((viewer) => viewer.meanLatencyS ?? [])),
    uploadSpread: sum(uploads) > 0 ? Math.max(...uploads) / (sum(uploads) / uploads.length) : null,
    browserCores: cores.browsers,
    machineCores: cores.machine,
    joiningCores: cores.joining,
    errors: last.flatMap((snapshot) => snapshot.errors),
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
