import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamConfig } from "../../origin/index.js";
import { segmentsToMake, streamConfig } from "../run/stream-config.js";
import type { Scenario } from "../scenario/scenario.js";
import { segmentBytes } from "../scenario/segment-bytes.js";

/** Content for viewers that do not decode: random bytes in segments of the scenario's length, bitrates and sizes. */
export interface Content extends Disposable {
  readonly stream: StreamConfig;
}

/** A live loop comes round after so many segments; nobody compares them. */
const LOOP_SEGMENTS = 20;

export function makeRandomContent(scenario: Scenario): Content {
  const { stream } = scenario;
  const folder = mkdtempSync(join(tmpdir(), "nearcast-content-"));
  const segments = segmentsToMake(scenario, wholeCycles(stream.segmentSizes.length));
  for (const [index, sizes] of segmentBytes(stream).entries()) {
    mkdirSync(join(folder, String(index)));
    for (let segment = 0; segment < segments; segment++) {
      const bytes = sizes[segment % sizes.length] as number;
      writeFileSync(join(folder, String(index), `${segment}.ts`), randomBytes(bytes));
    }
    writeFileSync(join(folder, String(index), "playlist.m3u8"), mediaPlaylist(segments, stream.segmentS));
  }
  writeFileSync(join(folder, "master.m3u8"), masterPlaylist(stream.renditions));
  return {
    stream: streamConfig(scenario, folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** So many that their sizes repeat as the scenario says when the loop comes round. */
function wholeCycles(sizes: number): number {
  return sizes * Math.ceil(LOOP_SEGMENTS / sizes);
}

function masterPlaylist(renditions: Scenario["stream"]["renditions"]): string {
  const variants = renditions.flatMap(({ kbps, height }, index) => [
    `#EXT-X-STREAM-INF:BANDWIDTH=${Math.round(kbps * 1000)},RESOLUTION=${Math.round((height * 16) / 9)}x${height}`,
    `${index}/playlist.m3u8`,
  ]);
  return ["#EXTM3U", "#EXT-X-VERSION:3", ...variants, ""].join("\n");
}

function mediaPlaylist(segments: number, segmentS: number): string {
  const list = Array.from({ length: segments }, (_, segment) => [
    `#EXTINF:${segmentS.toFixed(6)},`,
    `${segment}.ts`,
  ]);
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    `#EXT-X-TARGETDURATION:${Math.ceil(segmentS)}`,
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...list.flat(),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}
