import { realpathSync, statSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { ConfigError } from "../config-error.js";
import { mediaTypeOf } from "../http/media-type.js";
import type { MediaPlaylist } from "../playlist/media.js";
import { pathInStream } from "../playlist/uri.js";
import type { Programme } from "../streams/programme.js";
import type { LiveSegment } from "./window.js";

/** A file of the programme as it was at start. */
export interface LoopFile {
  file: string;
  bytes: number;
}

/** One rendition of a loop: its files, and the names of its live segments. */
export interface LoopRendition {
  /** Of the media playlist, relative to the stream. */
  path: string;
  playlist: MediaPlaylist;
  /** By position in the programme. */
  files: readonly LoopFile[];
  /** Init sections by path relative to the stream. */
  inits: ReadonlyMap<string, LoopFile>;
  /** A live segment's name, relative to the playlist: unique for ever, as caches and peers expect of live. */
  uriOf(segment: LiveSegment): string;
  /** The inverse of `uriOf`; `undefined` for names that it never gives. */
  sequenceOf(name: string): number | undefined;
}

/** @throws {ConfigError} when a rendition cannot be looped, or a file of it is missing. */
export function loopRenditions(programme: Programme, option: string): readonly LoopRendition[] {
  const paths = [...programme.renditions.keys()];
  return [...programme.renditions].map(([path, playlist]) => {
    requireLoopable(path, playlist, option);
    // Renditions that share a folder must not share segment names.
    const isAlone = paths.filter((other) => posix.dirname(other) === posix.dirname(path)).length === 1;
    const prefix = isAlone ? "" : `${posix.basename(path, ".m3u8")}-`;
    const extensions = playlist.segments.map((segment) =>
      posix.extname(pathInStream(segment.uri, path) ?? ""),
    );
    const files = playlist.segments.map((segment) => fileOf(programme.root, segment.uri, path, option));
    const inits = new Map<string, LoopFile>();
    for (const { map } of playlist.segments) {
      const init = map && pathInStream(map.uri, path);
      if (init !== undefined && !inits.has(init))
        inits.set(init, fileOf(programme.root, map?.uri ?? "", path, option));
    }
    return {
      path,
      playlist,
      files,
      inits,
      uriOf: ({ sequence, position }) => `${encodeURIComponent(prefix)}${sequence}${extensions[position]}`,
      sequenceOf: (name) => {
        const [, digits, extension] = /^(0|[1-9]\d{0,14})(\.\w+)$/.exec(name.slice(prefix.length)) ?? [];
        const sequence = Number(digits);
        const isOurs = name.startsWith(prefix) && extension === extensions[sequence % extensions.length];
        return digits !== undefined && isOurs ? sequence : undefined;
      },
    };
  });
}

function requireLoopable(path: string, playlist: MediaPlaylist, option: string): void {
  const reasons: [boolean, string][] = [
    [!playlist.isEnded, "has no #EXT-X-ENDLIST: only a finished programme can be looped"],
    [playlist.segments.some((segment) => segment.isEncrypted), "is encrypted, which a loop cannot repeat"],
    [
      playlist.segments.some((segment) => segment.byteRange !== undefined),
      "uses #EXT-X-BYTERANGE: a loop needs one file per segment",
    ],
  ];
  const reason = reasons.find(([applies]) => applies);
  if (reason) throw new ConfigError(`${option}: ${path} ${reason[1]}`);
}

function fileOf(root: string, uri: string, playlistPath: string, option: string): LoopFile {
  const path = pathInStream(uri, playlistPath);
  if (path === undefined || mediaTypeOf(path) === undefined) {
    throw new ConfigError(
      `${option}: ${playlistPath} names ${uri}, which is not a media file of this folder`,
    );
  }
  try {
    const file = realpathSync(join(root, path));
    if (relative(root, file).startsWith("..")) throw new RangeError(`${file} lies outside of ${root}`);
    const stats = statSync(file);
    if (!stats.isFile() || stats.size === 0) throw new RangeError(`${file} is empty`);
    return { file, bytes: stats.size };
  } catch (cause) {
    throw new ConfigError(`${option}: ${playlistPath} names ${path}, which is missing, empty or elsewhere`, {
      cause,
    });
  }
}
