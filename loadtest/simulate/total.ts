import type { Observations, SegmentRecord } from "../result/observations.js";
import type { Timeline } from "../result/result.js";
import { NEARNESSES } from "./paths.js";
import type { Tally } from "./tally.js";

/** What parts of an audience have come to together. */
export function totalOf(
  tallies: readonly [Tally, ...Tally[]],
): Pick<Observations, "originBytes" | "discardedBytes" | "segments" | "timeline" | "peerBytesByNearness"> {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    originBytes: sum(({ originBytes }) => originBytes),
    discardedBytes: sum(({ discardedBytes }) => discardedBytes),
    segments: segmentsOf(tallies),
    timeline: timelineOf(tallies),
    peerBytesByNearness: Object.fromEntries(
      NEARNESSES.map((nearness) => [
        nearness,
        sum(({ peerBytesByNearness }) => peerBytesByNearness[nearness]),
      ]),
    ),
  };
}

/** A segment that several parts have fetched has its copies in one record. */
function segmentsOf(tallies: readonly Tally[]): Iterable<SegmentRecord> {
  const all = new Map<string, { readonly bytes: number; readonly copiesAtS: (readonly number[])[] }>();
  for (const { segments } of tallies) {
    for (const [name, { bytes, copiesAtS }] of segments) {
      const known = all.get(name);
      if (known) known.copiesAtS.push(copiesAtS);
      else all.set(name, { bytes, copiesAtS: [copiesAtS] });
    }
  }
  return [...all.values()].map(({ bytes, copiesAtS }) => ({ bytes, copiesAtS: copiesAtS.flat() }));
}

function timelineOf([first, ...others]: readonly [Tally, ...Tally[]]): Timeline {
  const timelines = [first.timeline, ...others.map(({ timeline }) => timeline)];
  const added = (name: Exclude<keyof Timeline, "stepS">) => {
    const steps = Math.max(...timelines.map((timeline) => timeline[name].length));
    return Array.from({ length: steps }, (_, step) =>
      timelines.reduce((total, timeline) => total + (timeline[name][step] ?? 0), 0),
    );
  };
  return {
    stepS: first.stepS,
    originBytes: added("originBytes"),
    peerBytes: added("peerBytes"),
    uploadedBytes: added("uploadedBytes"),
    viewers: added("viewers"),
    stalled: added("stalled"),
  };
}
