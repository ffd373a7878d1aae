import { posix } from "node:path";
import { mediaTypeOf } from "../http/media-type.js";
import { tagOf } from "../playlist/lines.js";
import { parseMediaPlaylist } from "../playlist/media.js";
import { PlaylistError } from "../playlist/playlist-error.js";
import { pathInStream } from "../playlist/uri.js";

/** A segment as the encoder's playlist has it. Paths are relative to the stream. */
export interface PushedSegment {
  /** The encoder's media sequence number. */
  sequence: number;
  path: string;
  durationUs: number;
  isDiscontinuity: boolean;
  byteRange: string | undefined;
  programDateTimeMs: number | undefined;
  map: { path: string; byteRange: string | undefined } | undefined;
  /** `#EXT-X-KEY` lines that hold for it. */
  keys: readonly string[];
  /** Its other tags (dates, cues), which are passed on as they are. */
  tags: readonly string[];
}

/** A media playlist as an encoder pushes it. */
export interface PushedPlaylist {
  targetDurationSeconds: number;
  version: number;
  hasIndependentSegments: boolean;
  isEnded: boolean;
  segments: readonly PushedSegment[];
}

/** Tags that the origin writes itself, from what it has read. */
const RENDERED = new Set([
  "#EXTM3U",
  "#EXTINF",
  "#EXT-X-VERSION",
  "#EXT-X-TARGETDURATION",
  "#EXT-X-MEDIA-SEQUENCE",
  "#EXT-X-DISCONTINUITY-SEQUENCE",
  "#EXT-X-DISCONTINUITY",
  "#EXT-X-INDEPENDENT-SEGMENTS",
  "#EXT-X-PLAYLIST-TYPE",
  "#EXT-X-ALLOW-CACHE",
  "#EXT-X-ENDLIST",
  "#EXT-X-BYTERANGE",
  "#EXT-X-PROGRAM-DATE-TIME",
  "#EXT-X-MAP",
  "#EXT-X-KEY",
  // Of low-latency playlists, whose parts are not taken in.
  "#EXT-X-SERVER-CONTROL",
  "#EXT-X-PART-INF",
  "#EXT-X-PART",
  "#EXT-X-PRELOAD-HINT",
  "#EXT-X-RENDITION-REPORT",
  "#EXT-X-SKIP",
]);

/**
 * Reads a pushed media playlist.
 *
 * @param path of the playlist, relative to the stream.
 * @throws {PlaylistError} also for segments that lie outside of the stream.
 */
export function parsePushedPlaylist(text: string, path: string): PushedPlaylist {
  const playlist = parseMediaPlaylist(text);
  let keys: string[] = [];
  let from = 0;
  const segments = playlist.segments.map((segment, index): PushedSegment => {
    const between = playlist.lines.slice(from, segment.line).map((line) => line.trimEnd());
    from = segment.line + 1;
    const fresh = between.filter((line) => tagOf(line)?.[0] === "#EXT-X-KEY");
    // Several keys in a row are for several systems; any new one replaces all before it.
    if (fresh.length > 0) keys = fresh;
    const { durationUs, isDiscontinuity, byteRange, programDateTimeMs, map } = segment;
    return {
      sequence: playlist.mediaSequence + index,
      path: pathOf(segment.uri, path, segment.line),
      ...{ durationUs, isDiscontinuity, byteRange, programDateTimeMs },
      map: map && { path: pathOf(map.uri, path, segment.line), byteRange: map.byteRange },
      keys,
      tags: between.filter((line) => {
        const [tag] = tagOf(line) ?? [];
        return tag !== undefined && !RENDERED.has(tag);
      }),
    };
  });
  const { targetDurationSeconds, version, hasIndependentSegments, isEnded } = playlist;
  return { targetDurationSeconds, version, hasIndependentSegments, isEnded, segments };
}

function pathOf(uri: string, playlistPath: string, line: number): string {
  const path = pathInStream(uri, playlistPath);
  const isFile = path !== undefined && !path.split("/").some((part) => part === "" || part.startsWith("."));
  if (!isFile || mediaTypeOf(path) === undefined || posix.extname(path) === ".m3u8") {
    const got = JSON.stringify(uri.slice(0, 80));
    throw new PlaylistError(`line ${line + 1}: expected a media file of this stream, got ${got}`);
  }
  return path;
}
