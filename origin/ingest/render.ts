import { posix } from "node:path";
import type { Timeline, TimelineSegment } from "./timeline.js";

/**
 * Writes the published media playlist of a timeline.
 *
 * @param path of the playlist, relative to the stream.
 */
export function renderTimeline(timeline: Timeline, path: string, { isEnded }: { isEnded: boolean }): string {
  const uriOf = (name: string) =>
    posix.relative(posix.dirname(path), name).split("/").map(encodeURIComponent).join("/");
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${versionOf(timeline)}`,
    `#EXT-X-TARGETDURATION:${targetDurationOf(timeline)}`,
    `#EXT-X-MEDIA-SEQUENCE:${timeline.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${timeline.discontinuitySequence}`,
  ];
  if (timeline.hasIndependentSegments) lines.push("#EXT-X-INDEPENDENT-SEGMENTS");
  let map: string | undefined;
  let keys = "";
  for (const segment of timeline.segments) {
    if (segment.isDiscontinuity) lines.push("#EXT-X-DISCONTINUITY");
    const wantedKeys = segment.keys.join("\n");
    if (wantedKeys !== keys) lines.push(wantedKeys || "#EXT-X-KEY:METHOD=NONE");
    keys = wantedKeys;
    // Both hold until the next one.
    const wantedMap = mapTag(segment, uriOf);
    if (wantedMap !== undefined && wantedMap !== map) lines.push(wantedMap);
    map = wantedMap ?? map;
    lines.push(...segment.tags);
    if (segment.programDateTimeMs !== undefined) {
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}`);
    }
    lines.push(`#EXTINF:${(segment.durationUs / 1e6).toFixed(6)},`);
    if (segment.byteRange !== undefined) lines.push(`#EXT-X-BYTERANGE:${segment.byteRange}`);
    if (!segment.file) lines.push("#EXT-X-GAP");
    lines.push(uriOf(segment.file?.name ?? segment.path));
  }
  if (isEnded) lines.push("#EXT-X-ENDLIST");
  return `${lines.join("\n")}\n`;
}

function mapTag({ map }: TimelineSegment, uriOf: (name: string) => string): string | undefined {
  if (!map) return undefined;
  const range = map.byteRange === undefined ? "" : `,BYTERANGE="${map.byteRange}"`;
  return `#EXT-X-MAP:URI="${uriOf(map.file.name)}"${range}`;
}

/** RFC 8216bis, 8: fractional durations need 3, maps 6, gaps 8. */
function versionOf({ version, segments }: Timeline): number {
  const hasGap = segments.some(({ file }) => !file);
  const hasMap = segments.some(({ map }) => map);
  return Math.max(version, hasGap ? 8 : hasMap ? 6 : 3);
}

function targetDurationOf({ targetDurationSeconds, segments }: Timeline): number {
  const longestUs = segments.reduce((longest, { durationUs }) => Math.max(longest, durationUs), 0);
  return Math.max(targetDurationSeconds, Math.round(longestUs / 1e6));
}
