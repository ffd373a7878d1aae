import { parseAttributes } from "./attributes.js";
import { integerAt, isUri, linesOf, tagOf } from "./lines.js";
import { PlaylistError } from "./playlist-error.js";

/** The initialization section that a segment needs. */
export interface SegmentMap {
  uri: string;
  /** `<length>@<offset>` where the section is part of a larger resource. */
  byteRange: string | undefined;
  /** The whole `#EXT-X-MAP` line, to be repeated in other playlists. */
  tag: string;
}

export interface MediaSegment {
  /** As written, relative to the playlist. */
  uri: string;
  /** Index of the URI's line in {@link MediaPlaylist.lines}. */
  line: number;
  /** Integer microseconds, so that sums over hours stay exact. */
  durationUs: number;
  isDiscontinuity: boolean;
  /** `<length>[@<offset>]` where the segment is part of a larger resource. */
  byteRange: string | undefined;
  map: SegmentMap | undefined;
  isEncrypted: boolean;
  /** Milliseconds since 1970 of the segment's own `EXT-X-PROGRAM-DATE-TIME`. */
  programDateTimeMs: number | undefined;
}

export interface MediaPlaylist {
  /** Every line without its end, known or not: what a rewriter has to preserve. */
  lines: readonly string[];
  version: number;
  targetDurationSeconds: number;
  mediaSequence: number;
  discontinuitySequence: number;
  hasIndependentSegments: boolean;
  /** `EXT-X-ENDLIST`: no segment will follow. */
  isEnded: boolean;
  segments: readonly MediaSegment[];
}

/**
 * Reads a media playlist. Unknown tags and comments are passed over, and an `EXTINF` at the end whose URI is not yet written
 * is ignored.
 *
 * @throws {PlaylistError} naming the line.
 */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const lines = linesOf(text);
  const segments: MediaSegment[] = [];
  const head = {
    version: 1,
    mediaSequence: 0,
    discontinuitySequence: 0,
    hasIndependentSegments: false,
    isEnded: false,
  };
  let targetDurationSeconds: number | undefined;
  let map: SegmentMap | undefined;
  let isEncrypted = false;
  let next: Partial<
    Pick<MediaSegment, "durationUs" | "isDiscontinuity" | "byteRange" | "programDateTimeMs">
  > = {};

  for (const [line, content] of lines.entries()) {
    if (isUri(content)) {
      if (next.durationUs === undefined)
        throw new PlaylistError(`line ${line + 1}: a segment without #EXTINF before it`);
      segments.push({
        uri: content.trim(),
        line,
        durationUs: next.durationUs,
        isDiscontinuity: next.isDiscontinuity ?? false,
        byteRange: next.byteRange,
        map,
        isEncrypted,
        programDateTimeMs: next.programDateTimeMs,
      });
      next = {};
      continue;
    }
    const [tag, value] = tagOf(content) ?? [];
    if (tag === undefined || value === undefined) continue;
    switch (tag) {
      case "#EXTINF":
        next.durationUs = durationAt(line, value);
        break;
      case "#EXT-X-DISCONTINUITY":
        next.isDiscontinuity = true;
        break;
      case "#EXT-X-BYTERANGE":
        next.byteRange = value;
        break;
      case "#EXT-X-PROGRAM-DATE-TIME":
        next.programDateTimeMs = dateAt(line, value);
        break;
      case "#EXT-X-MAP":
        map = mapAt(line, value, content.trimEnd());
        break;
      case "#EXT-X-KEY":
        isEncrypted = parseAttributes(value).get("METHOD") !== "NONE";
        break;
      case "#EXT-X-TARGETDURATION":
        targetDurationSeconds = integerAt(line, tag, value);
        break;
      case "#EXT-X-VERSION":
        head.version = integerAt(line, tag, value);
        break;
      case "#EXT-X-MEDIA-SEQUENCE":
        head.mediaSequence = integerAt(line, tag, value);
        break;
      case "#EXT-X-DISCONTINUITY-SEQUENCE":
        head.discontinuitySequence = integerAt(line, tag, value);
        break;
      case "#EXT-X-INDEPENDENT-SEGMENTS":
        head.hasIndependentSegments = true;
        break;
      case "#EXT-X-ENDLIST":
        head.isEnded = true;
        break;
    }
  }
  if (targetDurationSeconds === undefined) throw new PlaylistError("#EXT-X-TARGETDURATION is missing");
  return { lines, ...head, targetDurationSeconds, segments };
}

function durationAt(line: number, value: string): number {
  const [, seconds] = /^(\d{1,6}(?:\.\d*)?)\s*(?:,.*)?$/.exec(value) ?? [];
  if (seconds === undefined) {
    const got = JSON.stringify(value.slice(0, 40));
    throw new PlaylistError(`line ${line + 1}: #EXTINF expects seconds and a comma, got ${got}`);
  }
  return Math.round(Number(seconds) * 1e6);
}

function dateAt(line: number, value: string): number {
  const ms = Date.parse(value);
  if (Number.isNaN(ms))
    throw new PlaylistError(`line ${line + 1}: #EXT-X-PROGRAM-DATE-TIME expects an ISO 8601 date`);
  return ms;
}

function mapAt(line: number, value: string, tag: string): SegmentMap {
  const attributes = parseAttributes(value);
  const uri = attributes.get("URI");
  if (uri === undefined) throw new PlaylistError(`line ${line + 1}: #EXT-X-MAP has no URI`);
  return { uri, byteRange: attributes.get("BYTERANGE"), tag };
}
