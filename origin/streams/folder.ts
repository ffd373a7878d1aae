import { readFile } from "node:fs/promises";
import { isPlaylistPath, mediaTypeOf } from "../http/media-type.js";
import { HttpProblem, quote } from "../http/problem.js";
import { type FileVersion, isSameVersion } from "../memory/file-version.js";
import { decodePlaylist } from "../playlist/decode.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { type MediaPlaylist, parseMediaPlaylist } from "../playlist/media.js";
import { pathInStream } from "../playlist/uri.js";
import { locate } from "./locate.js";
import { readProgramme, rootOf } from "./programme.js";
import { maxAgeOf, type PlaylistResource, type Resource, type Stream } from "./stream.js";

/** A folder with finished or growing HLS files. */
export interface FolderConfig {
  kind: "folder";
  /** Contains `master.m3u8`; everything below it that has a media file's extension is served. */
  folder: string;
  /**
   * A packager writes the folder: it may be empty at start, and gets its playlists later.
   * @default false: a folder without usable playlists is refused at start
   */
  growing?: boolean;
}

/** What one media playlist, as last read, says about the files of its stream. */
interface Contents {
  readonly targetDurationSeconds: number;
  readonly isEnded: boolean;
  readonly segments: ReadonlySet<string>;
  readonly inits: ReadonlySet<string>;
}

/** Playlists that a client could make us remember; a folder has as many as it has files. */
const MAX_PLAYLISTS = 10_000;

/**
 * Serves a folder as it is now, so a packager may be writing it. A playlist is read anew when its file has changed.
 *
 * @throws {ConfigError} when the folder has no usable master playlist and is not said to be growing.
 */
export function openFolder(name: string, { folder, growing = false }: FolderConfig): Stream {
  const option = `streams.${name}.folder`;
  const contents = new Map<string, Contents>();
  const read = new Map<string, { version: FileVersion; playlist: PlaylistResource }>();
  const root = growing ? rootOf(folder, option) : openFinished();

  function openFinished(): string {
    const programme = readProgramme(folder, option);
    for (const [path, playlist] of programme.renditions) contents.set(path, contentsOf(path, playlist));
    return programme.root;
  }

  function parse(path: string, text: string): PlaylistResource {
    if (isMasterPlaylist(text)) {
      parseMasterPlaylist(text);
      const targets = [...contents.values()].map(({ targetDurationSeconds }) => targetDurationSeconds);
      const maxAgeSeconds = targets.length === 0 ? 0 : maxAgeOf(Math.min(...targets));
      return { at: "playlist", text, isMaster: true, maxAgeSeconds };
    }
    const playlist = parseMediaPlaylist(text);
    contents.set(path, contentsOf(path, playlist));
    return { at: "playlist", text, isMaster: false, maxAgeSeconds: maxAgeOf(playlist.targetDurationSeconds) };
  }

  async function readPlaylist(path: string, version: FileVersion): Promise<PlaylistResource> {
    const known = read.get(path);
    if (known && isSameVersion(known.version, version)) return known.playlist;
    try {
      const text = decodePlaylist(await readFile(version.file));
      const playlist = parse(path, text);
      if (read.size >= MAX_PLAYLISTS) read.clear();
      read.set(path, { version, playlist });
      return playlist;
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new HttpProblem(500, `${quote(path)} of stream ${quote(name)} cannot be read: ${reason}.`, {
        cause,
      });
    }
  }

  return {
    async find(path): Promise<Resource> {
      const version = mediaTypeOf(path) === undefined ? undefined : await locate(root, path);
      if (!version) throw new HttpProblem(404, `Stream ${quote(name)} has no file ${quote(path)}.`);
      if (version.bytes === 0)
        throw new HttpProblem(404, `${quote(path)} of stream ${quote(name)} is still empty.`);
      if (isPlaylistPath(path)) return await readPlaylist(path, version);
      const naming = [...contents.values()].filter(
        ({ segments, inits }) => segments.has(path) || inits.has(path),
      );
      return {
        at: "file",
        kind: naming.some(({ inits }) => inits.has(path)) ? "init" : "segment",
        ...version,
        // A packager may still be writing what no playlist names yet.
        isImmutable: naming.length > 0,
        isLive: naming.some(({ isEnded }) => !isEnded),
      };
    },
  };
}

function contentsOf(path: string, { targetDurationSeconds, isEnded, segments }: MediaPlaylist): Contents {
  const paths = (uris: readonly (string | undefined)[]) =>
    new Set(uris.flatMap((uri) => (uri === undefined ? [] : (pathInStream(uri, path) ?? []))));
  return {
    targetDurationSeconds,
    isEnded,
    segments: paths(segments.map(({ uri }) => uri)),
    // A file may hold its own init section; it is a segment then.
    inits: paths(segments.map(({ map, uri }) => (map?.uri === uri ? undefined : map?.uri))),
  };
}
