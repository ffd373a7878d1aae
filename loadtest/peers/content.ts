import { randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamConfig } from "../../origin/index.js";
import { segmentsToMake, streamConfig } from "../run/stream-config.js";
import type { Scenario } from "../scenario/scenario.js";

/** Content for viewers that do not decode: random bytes in segments of the scenario's length and bitrates. */
export interface Content extends Disposable {
  readonly stream: StreamConfig;
}

/** A live loop comes round after so many segments; nobody compares them. */
const LOOP_SEGMENTS = 20;

export function makeRandomContent(scenario: Scenario): Content {
  const { stream } = scenario;
  const folder = mkdtempSync(join(tmpdir(), "nearcast-content-"));
  const segments = segmentsToMake(scenario, LOOP_SEGMENTS);
  stream.renditions.forEach(({ kbps }, index) => {
    mkdirSync(join(folder, String(index)));
    const bytes = Buffer.alloc(Math.round((kbps * stream.segmentS * 1000) / 8));
    for (let segment = 0; segment < segments; segment++) {
      writeFileSync(join(folder, String(index), `${segment}.ts`), randomFillSync(bytes));
    }
    writeFileSync(join(folder, String(index), "playlist.m3u8"), mediaPlaylist(segments, stream.segmentS));
  });
  writeFileSync(join(folder, "master.m3u8"), masterPlaylist(stream.renditions));
  return {
    stream: streamConfig(scenario, folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
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
