import { readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config-error.js";
import { decodePlaylist } from "../playlist/decode.js";
import { type MasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { type MediaPlaylist, parseMediaPlaylist } from "../playlist/media.js";
import { pathInStream } from "../playlist/uri.js";

/** The name of every stream's entry in its folder. */
export const MASTER = "master.m3u8";

/** The playlists of a folder as they were at start. */
export interface Programme {
  /** The folder without symbolic links. */
  root: string;
  master: MasterPlaylist;
  /** Media playlists of this folder by path, e.g. `360p/playlist.m3u8`. */
  renditions: ReadonlyMap<string, MediaPlaylist>;
}

/**
 * Reads a folder's master playlist and the media playlists it names.
 *
 * @param option how the setting is called, e.g. `streams.live.folder`.
 * @throws {ConfigError} naming the option and the file.
 */
export function readProgramme(folder: string, option: string): Programme {
  const root = rootOf(folder, option);
  const master = read(root, MASTER, option, parseMasterPlaylist);
  const renditions = new Map<string, MediaPlaylist>();
  for (const { uri } of master.renditions) {
    const path = pathInStream(uri, MASTER);
    // A rendition on another host is that host's business.
    if (path !== undefined) renditions.set(path, read(root, path, option, parseMediaPlaylist));
  }
  return { root, master, renditions };
}

/**
 * A folder without symbolic links.
 *
 * @throws {ConfigError} when there is none.
 */
export function rootOf(folder: string, option: string): string {
  try {
    const root = realpathSync(folder);
    if (statSync(root).isDirectory()) return root;
  } catch (cause) {
    throw new ConfigError(`${option}: there is no folder ${folder}`, { cause });
  }
  throw new ConfigError(`${option}: ${folder} is not a folder`);
}

function read<Playlist>(
  root: string,
  path: string,
  option: string,
  parse: (text: string) => Playlist,
): Playlist {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(root, path));
  } catch (cause) {
    throw new ConfigError(`${option}: cannot read ${join(root, path)}`, { cause });
  }
  try {
    return parse(decodePlaylist(bytes));
  } catch (cause) {
    throw new ConfigError(`${option}: ${join(root, path)}: ${(cause as Error).message}`, { cause });
  }
}
