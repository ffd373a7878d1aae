import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultStreams, type StreamConfig } from "../../../origin/index.js";
import { makeContent } from "../content.js";
import type { Scenario } from "./scenarios.js";

/** What the origin serves in a run. */
export interface Programme {
  readonly stream: StreamConfig;
  /** Of a programme with one rendition. */
  readonly bitsPerSecond?: number;
  /** Lines of the best rendition's picture. */
  readonly topHeight: number;
}

/** With segments of 2 s it lets a player be 18 s behind the edge. */
const WINDOW_SEGMENTS = 10;

const VOD_SEGMENT_S = 4;

/** @param seconds length of a run. */
export async function openProgramme(name: Scenario["programme"], seconds: number): Promise<Programme> {
  switch (name) {
    case "vod": {
      // Nobody comes to its end, but nearly: what an engine fetches ahead is still played, not taken for waste.
      const segments = Math.ceil(seconds / VOD_SEGMENT_S) + 1;
      const { folder, bitsPerSecond } = await makeContent({ name, segmentS: VOD_SEGMENT_S, segments });
      return { stream: { kind: "folder", folder }, bitsPerSecond, topHeight: topHeightOf(folder) };
    }
    case "live": {
      const { folder, bitsPerSecond } = await makeContent({ name, segmentS: 2, segments: 60 });
      const stream = { kind: "loop", folder, windowSegments: WINDOW_SEGMENTS } as const;
      return { stream, bitsPerSecond, topHeight: topHeightOf(folder) };
    }
    case "sample": {
      const { live } = defaultStreams();
      if (live?.kind !== "loop") throw new Error("the embedded sample has no live channel");
      return { stream: { ...live, windowSegments: WINDOW_SEGMENTS }, topHeight: topHeightOf(live.folder) };
    }
  }
}

function topHeightOf(folder: string): number {
  const master = readFileSync(join(folder, "master.m3u8"), "utf8");
  return Math.max(...[...master.matchAll(/RESOLUTION=\d+x(\d+)/g)].map(([, height]) => Number(height)));
}
