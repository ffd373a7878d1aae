import { parseMasterPlaylist } from "../playlist/master.js";
import { pathInStream } from "../playlist/uri.js";
import { MASTER } from "../streams/programme.js";
import type { Stream } from "../streams/stream.js";
import { type FindSegment, fileBytes } from "./segment-bytes.js";
import type { PlaylistTagger } from "./tagger.js";

/** The segments that a stream's playlist names. What is elsewhere, or not there yet, is not found. */
export function segmentInStream(stream: Stream, playlistPath: string): FindSegment {
  return async (uri) => {
    const path = pathInStream(uri, playlistPath);
    if (path === undefined) return undefined;
    if (stream.segmentBytes) return stream.segmentBytes(path);
    const resource = await stream.find(path).catch(() => undefined);
    return resource?.at === "file" ? fileBytes(resource.file) : undefined;
  };
}

/**
 * Hashes the segments of all streams, one after the other, so that the first viewers' playlists vouch for them. What
 * cannot be read now is left to the requests for it.
 *
 * @param isOver stops it.
 */
export async function warmStreams(
  streams: Iterable<Stream>,
  tagger: PlaylistTagger,
  isOver: () => boolean,
): Promise<void> {
  for (const stream of streams) {
    if (stream.isRemote) continue;
    const master = await textOf(stream, MASTER);
    if (master === undefined) continue;
    for (const { uri } of parseMasterPlaylist(master).renditions) {
      const path = pathInStream(uri, MASTER);
      const text = path === undefined ? undefined : await textOf(stream, path);
      if (path !== undefined && text !== undefined)
        await tagger.warm(text, segmentInStream(stream, path), isOver);
    }
  }
}

async function textOf(stream: Stream, path: string): Promise<string | undefined> {
  const resource = await stream.find(path).catch(() => undefined);
  return resource?.at === "playlist" ? resource.text : undefined;
}
