import { chmod, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { isMediaPlaylist, playlistLines } from "../../player/protocol/index.js";
import { isPlaylistPath } from "../http/media-type.js";
import type { PlaylistKey } from "./playlist-key.js";
import { folderSource } from "./playlist-source.js";
import { PlaylistTagger } from "./tagger.js";

/** What became of one media playlist. */
export interface SignedPlaylist {
  /** Relative to the folder. */
  readonly path: string;
  readonly isChanged: boolean;
  /** URIs of segments that are not in the folder, or cannot be read: players get these from the origin alone. */
  readonly unreadable: readonly string[];
}

/**
 * Writes into the media playlists of a folder what their segments are, and signs them, for those who serve them
 * without Nearcast's origin. Each file is replaced in one step, and only where something changes: a second time
 * changes nothing.
 */
export async function* signFolder(folder: string, key: PlaylistKey): AsyncGenerator<SignedPlaylist> {
  const tagger = new PlaylistTagger({ keys: [key] });
  const source = folderSource(folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && isPlaylistPath(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split("/").some((part) => part.startsWith(".")))
    .sort();
  for (const path of paths) {
    const found = await source(path, "");
    if (!found || !isMediaPlaylist(playlistLines(found.text))) continue;
    const unreadable = await tagger.warm(found.text, found.find);
    const { text } = await tagger.tag(path, found.text, found.find);
    const isChanged = text !== found.text;
    if (isChanged) await replaceFile(join(folder, path), text);
    yield { path, isChanged, unreadable };
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { flag: "wx", flush: true });
    await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
