import { readFile, realpath } from "node:fs/promises";
import { pathInStream } from "../playlist/uri.js";
import { locate } from "../streams/locate.js";
import { type FindSegment, fileBytes, type SegmentBytes } from "./segment-bytes.js";

/** A playlist, and the way to the bytes of its segments. */
export interface FoundPlaylist {
  readonly text: string;
  readonly find: FindSegment;
  /** The `Cache-Control` of whoever it comes from; `undefined` for files. */
  readonly cacheControl: string | undefined;
}

/** Reads the playlist at a path, given without a leading slash; `undefined` where there is none. */
export type PlaylistSource = (path: string, search: string) => Promise<FoundPlaylist | undefined>;

/** The files of a folder. Symbolic links that lead out of it are not followed. */
export function folderSource(folder: string): PlaylistSource {
  return async (path) => {
    const root = await realpath(folder).catch(() => undefined);
    const found = root === undefined ? undefined : await locate(root, path);
    if (root === undefined || !found) return undefined;
    return {
      text: await readFile(found.file, "utf8"),
      find: async (uri) => {
        const segment = pathInStream(uri, path);
        const file = segment === undefined ? undefined : await locate(root, segment);
        return file && fileBytes(file.file);
      },
      cacheControl: undefined,
    };
  };
}

const PLAYLIST = { timeoutMs: 10_000, mostBytes: 16 * 1024 * 1024 };
const SEGMENT = { timeoutMs: 60_000, mostBytes: 512 * 1024 * 1024 };

/**
 * The files of another server below an address. Segments on other hosts than that are not looked at.
 *
 * @throws {TypeError} where it is no http: or https: address that ends in `/`.
 */
export function urlSource(base: string): PlaylistSource {
  if (!URL.canParse(base) || !/^https?:\/\/.*\/$/.test(base)) {
    throw new TypeError(
      `url: expected an http: or https: address that ends in "/", got ${JSON.stringify(base)}`,
    );
  }
  const { origin } = new URL(base);
  return async (path, search) => {
    const url = new URL(path.split("/").map(encodeURIComponent).join("/") + search, base);
    const response = await fetch(url, { signal: AbortSignal.timeout(PLAYLIST.timeoutMs) });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${url.host} has answered ${response.status} for ${url.pathname}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bounded(response, PLAYLIST.mostBytes)) chunks.push(chunk);
    // After a redirect, URIs are relative to where it has led.
    const at = response.url;
    return {
      text: Buffer.concat(chunks).toString("utf8"),
      find: async (uri) => {
        const segment = URL.canParse(uri, at) ? new URL(uri, at) : undefined;
        return segment?.origin === origin || segment?.origin === new URL(at).origin
          ? httpBytes(segment)
          : undefined;
      },
      cacheControl: response.headers.get("Cache-Control") ?? undefined,
    };
  };
}

/** Segments never change under their address: that is what caches count on, too. */
function httpBytes(url: URL): SegmentBytes {
  return {
    identity: url.href,
    bytes: undefined,
    read: async function* (range) {
      const response = await fetch(url, {
        headers: range ? { Range: `bytes=${range.start}-${range.end}` } : {},
        signal: AbortSignal.timeout(SEGMENT.timeoutMs),
      });
      const expected = range ? 206 : 200;
      if (response.status !== expected) throw new Error(`${url.host} has answered ${response.status}`);
      yield* bounded(response, SEGMENT.mostBytes);
    },
  };
}

async function* bounded(response: Response, mostBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new Error(`${response.url} is larger than ${mostBytes} bytes`);
    yield chunk;
  }
}
