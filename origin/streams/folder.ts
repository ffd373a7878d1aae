import { readFile } from "node:fs/promises";
import { isPlaylistPath, mediaTypeOf } from "../http/media-type.js";
import { HttpProblem, quote } from "../http/problem.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { type MediaPlaylist, parseMediaPlaylist } from "../playlist/media.js";
import { pathInStream } from "../playlist/uri.js";
import { locate } from "./locate.js";
import { readProgramme } from "./programme.js";
import { maxAgeOf, type Resource, type Stream } from "./stream.js";

/** A folder with finished or growing HLS files. */
export interface FolderConfig {
  kind: "folder";
  /** Contains `master.m3u8`; everything below it that has a media file's extension is served. */
  folder: string;
}

/**
 * Serves a folder as it is now: playlists are read at each request, so a packager may be writing them.
 *
 * @throws {ConfigError} when the folder has no usable master playlist.
 */
export function openFolder(name: string, { folder }: FolderConfig): Stream {
  const { root, renditions } = readProgramme(folder, `streams.${name}.folder`);
  /** What the playlists read so far say: target durations by playlist, and which files are init sections. */
  const targetDurations = new Map<string, number>();
  const initPaths = new Set<string>();
  for (const [path, playlist] of renditions) learn(path, playlist);

  function learn(path: string, playlist: MediaPlaylist): void {
    targetDurations.set(path, playlist.targetDurationSeconds);
    for (const { map, uri } of playlist.segments) {
      const init = map && map.uri !== uri ? pathInStream(map.uri, path) : undefined;
      if (init !== undefined) initPaths.add(init);
    }
  }

  /** @returns how long caches may keep the playlist. */
  function readPlaylist(path: string, text: string): number {
    if (isMasterPlaylist(text)) {
      parseMasterPlaylist(text);
      return maxAgeOf(Math.min(...targetDurations.values()));
    }
    const playlist = parseMediaPlaylist(text);
    learn(path, playlist);
    return maxAgeOf(playlist.targetDurationSeconds);
  }

  return {
    async find(path): Promise<Resource> {
      const found = mediaTypeOf(path) === undefined ? undefined : await locate(root, path);
      if (!found) throw new HttpProblem(404, `Stream ${quote(name)} has no file ${quote(path)}.`);
      if (found.bytes === 0)
        throw new HttpProblem(404, `${quote(path)} of stream ${quote(name)} is still empty.`);
      if (!isPlaylistPath(path)) {
        return { at: "file", kind: initPaths.has(path) ? "init" : "segment", file: found.file };
      }
      const text = await readFile(found.file, "utf8");
      try {
        return { at: "memory", text, maxAgeSeconds: readPlaylist(path, text) };
      } catch (cause) {
        const reason = (cause as Error).message;
        throw new HttpProblem(500, `${quote(path)} of stream ${quote(name)} cannot be read: ${reason}.`, {
          cause,
        });
      }
    },
  };
}
