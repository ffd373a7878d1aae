import type { StreamConfig } from "../../origin/index.js";
import type { Scenario } from "../scenario/scenario.js";

/** How the origin serves a folder of a scenario's content. */
export function streamConfig({ stream }: Scenario, folder: string): StreamConfig {
  return stream.kind === "live"
    ? { kind: "loop", folder, windowSegments: stream.windowSegments }
    : { kind: "folder", folder };
}

/**
 * Segments that have to be made.
 *
 * @param loop after how many of them a live loop comes round.
 */
export function segmentsToMake({ stream, durationS }: Scenario, loop: number): number {
  // Nobody comes to the end of a longer title, and prefetching stays well within a minute.
  return stream.kind === "live"
    ? loop
    : Math.ceil(Math.min(stream.lengthS, durationS + 60) / stream.segmentS);
}
