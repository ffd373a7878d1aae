import { randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamConfig } from "../../origin/index.js";
import type { Scenario } from "../scenario/scenario.js";

/** Content for viewers that do not decode: random bytes in segments of the scenario's length and bitrates. */
export interface Content extends Disposable {
  readonly stream: StreamConfig;
}

/** A live loop comes round after so many segments; nobody compares them. */
const LOOP_SEGMENTS = 20;

export function makeRandomContent({ stream, durationS }: Scenario): Content {
  const folder = mkdtempSync(join(tmpdir(), "nearcast-content-"));
  const needed = Math.ceil(Math.min(stream.lengthS, durationS + 60) / stream.segmentS);
  const segments = stream.kind === "live" ? LOOP_SEGMENTS : needed;
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
    stream:
      stream.kind === "live"
        ? { kind: "loop", folder, windowSegments: stream.windowSegments }
        : { kind: "folder", folder },
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
