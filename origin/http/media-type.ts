import { extname } from "node:path";

/** Everything the origin serves; other extensions do not exist for clients. */
const MEDIA_TYPES = new Map([
  [".m3u8", "application/vnd.apple.mpegurl"],
  [".m4s", "video/mp4"],
  [".mp4", "video/mp4"],
  [".m4v", "video/mp4"],
  [".cmfv", "video/mp4"],
  [".m4a", "audio/mp4"],
  [".cmfa", "audio/mp4"],
  [".ts", "video/mp2t"],
  [".aac", "audio/aac"],
  [".mp3", "audio/mpeg"],
  [".ac3", "audio/ac3"],
  [".ec3", "audio/eac3"],
  [".vtt", "text/vtt"],
  [".key", "application/octet-stream"],
]);

/** The media type of a path by its extension; `undefined` for files that are not served. */
export function mediaTypeOf(path: string): string | undefined {
  return MEDIA_TYPES.get(extname(path));
}

export function isPlaylistPath(path: string): boolean {
  return extname(path) === ".m3u8";
}
