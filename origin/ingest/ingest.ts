import { mkdirSync, realpathSync } from "node:fs";
import type { Logger } from "pino";
import { ConfigError } from "../config-error.js";
import { isPlaylistPath, mediaTypeOf } from "../http/media-type.js";
import { HttpProblem, quote } from "../http/problem.js";
import type { FileMemory } from "../memory/file-memory.js";
import { decodePlaylist, MAX_PLAYLIST_BYTES } from "../playlist/decode.js";
import { PlaylistError } from "../playlist/playlist-error.js";
import type { Resource, Stream } from "../streams/stream.js";
import { PublishedPlaylists } from "./published-playlists.js";
import { UploadStore } from "./upload-store.js";

/** A live stream that an encoder pushes over HTTP. */
export interface IngestConfig {
  kind: "ingest";
  /** Where uploads are kept; made when it is missing. Nothing else may write there. */
  folder: string;
  /**
   * File with the key that encoders present. Without it, anybody who reaches the origin can push.
   * @default none, which only origins on a loopback address accept
   */
  keyFile?: string;
  /**
   * How far back viewers can go: older segments are removed. Three segments are kept at least.
   * @default 3600
   */
  windowSeconds?: number;
  /**
   * How long an encoder that has ended the stream may take to begin again before viewers are told of the end.
   * @default 30
   */
  restartSeconds?: number;
  /**
   * Larger uploads are refused.
   * @default 67108864 (64 MiB)
   */
  maxSegmentBytes?: number;
  /**
   * An upload that sends nothing for so long is dropped.
   * @default 30
   */
  idleSeconds?: number;
}

/** The encoder's side of an ingest. */
export interface IngestDesk {
  readonly maxSegmentBytes: number;
  readonly idleMs: number;
  /**
   * Takes in one file.
   *
   * @returns whether there was one before.
   * @throws {HttpProblem} with the sentence for the encoder's log; what is published stays.
   */
  put(path: string, body: AsyncIterable<Uint8Array>): Promise<"created" | "replaced">;
  /** @returns whether it is gone now; a segment that viewers may still want is kept until it leaves the window. */
  delete(path: string): Promise<"deleted" | "kept">;
}

export interface IngestContext {
  readonly memory: FileMemory;
  readonly clock: () => number;
  readonly logger: Logger;
}

/** Files that have left the window stay this long for players that lag behind, and uploads for a playlist to name them. */
const GRACE_MS = 120_000;
const MAX_PLAYLISTS = 64;
const MAX_PATH_LENGTH = 512;
const MAX_PATH_PARTS = 8;
/** Uploads at once; an encoder has one or two per rendition. */
const MAX_UPLOADS = 128;
const MAX_FOLLOWED_BYTES = 16 * 1024 * 1024;

const DEFAULTS = {
  windowSeconds: 3600,
  restartSeconds: 30,
  maxSegmentBytes: 64 * 1024 * 1024,
  idleSeconds: 30,
};

/** @throws {ConfigError} when the folder cannot be used. */
export function openIngest(name: string, config: IngestConfig, context: IngestContext): Stream {
  const { windowSeconds, restartSeconds, maxSegmentBytes, idleSeconds } = { ...DEFAULTS, ...config };
  const { clock, memory, logger } = context;
  const { root, uploads } = openFolder(`streams.${name}.folder`, config.folder, (root) => {
    return new UploadStore({ root, memory, clock, maxFollowedBytes: MAX_FOLLOWED_BYTES });
  });
  const playlists = new PublishedPlaylists({
    ...{ root, uploads, clock, logger, windowSeconds, restartSeconds },
    maxPlaylists: MAX_PLAYLISTS,
  });
  let active = 0;

  async function putPlaylist(path: string, body: AsyncIterable<Uint8Array>): Promise<"created" | "replaced"> {
    const isKnown = playlists.has(path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bounded(body, MAX_PLAYLIST_BYTES)) chunks.push(chunk);
    try {
      await playlists.push(path, decodePlaylist(Buffer.concat(chunks)));
    } catch (cause) {
      if (!(cause instanceof PlaylistError)) throw cause;
      throw new HttpProblem(422, `${quote(path)} is not published: ${cause.message}.`, { cause });
    }
    await playlists.sweep(GRACE_MS);
    return isKnown ? "replaced" : "created";
  }

  async function putMedia(path: string, body: AsyncIterable<Uint8Array>): Promise<"created" | "replaced"> {
    const isKnown = uploads.lookUp(path).at === "complete";
    const upload = await uploads.begin(path);
    try {
      let bytes = 0;
      for await (const chunk of bounded(body, maxSegmentBytes)) {
        await upload.write(chunk);
        bytes += chunk.byteLength;
      }
      if (bytes === 0) throw new HttpProblem(400, `${quote(path)} is empty: there is nothing to publish.`);
    } catch (error) {
      await upload.abort();
      throw error;
    }
    await upload.commit();
    await playlists.uploaded();
    return isKnown ? "replaced" : "created";
  }

  const desk: IngestDesk = {
    maxSegmentBytes,
    idleMs: idleSeconds * 1000,
    async put(path, body) {
      requirePushable(path);
      if (active >= MAX_UPLOADS) throw new HttpProblem(429, `There are ${MAX_UPLOADS} uploads already.`);
      active += 1;
      try {
        return await (isPlaylistPath(path) ? putPlaylist : putMedia)(path, body);
      } finally {
        active -= 1;
      }
    },
    async delete(path) {
      requirePushable(path);
      if (isPlaylistPath(path)) {
        if (await playlists.remove(path)) return "deleted";
      } else if (uploads.find(path)) {
        // Encoders delete what has left their own, shorter window.
        if (playlists.isPublished(path)) return "kept";
        await uploads.remove(path);
        return "deleted";
      }
      throw new HttpProblem(404, `Stream ${quote(name)} has no file ${quote(path)}.`);
    },
  };

  return {
    desk,
    async find(path): Promise<Resource> {
      const playlist = isPlaylistPath(path) ? await playlists.find(path) : undefined;
      if (playlist) return playlist;
      const version = uploads.find(path);
      if (version) {
        const kind = playlists.isInit(path) ? "init" : "segment";
        return { at: "file", kind, ...version, isImmutable: true, isLive: true };
      }
      const arriving = uploads.findArriving(path);
      if (arriving)
        return { at: "arriving", kind: "segment", arriving, bytes: undefined, isImmutable: false };
      throw new HttpProblem(
        404,
        `Stream ${quote(name)} has no file ${quote(path)}; its encoder has not sent one.`,
      );
    },
    newestDates: () => playlists.newestDates(),
    close: () => playlists.close(),
  };
}

function openFolder<Uploads>(option: string, folder: string, open: (root: string) => Uploads) {
  try {
    mkdirSync(folder, { recursive: true });
    const root = realpathSync(folder);
    return { root, uploads: open(root) };
  } catch (cause) {
    throw new ConfigError(`${option}: cannot use ${folder}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws {HttpProblem} for paths that no playlist should name. */
function requirePushable(path: string): void {
  if (path.length > MAX_PATH_LENGTH || path.split("/").length > MAX_PATH_PARTS) {
    const limits = `at most ${MAX_PATH_LENGTH} characters in ${MAX_PATH_PARTS} parts`;
    throw new HttpProblem(400, `The path is too long: expected ${limits}.`);
  }
  if (mediaTypeOf(path) === undefined) {
    throw new HttpProblem(415, `${quote(path)} is no media file: its extension is not one that is served.`);
  }
}

async function* bounded(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes)
      throw new HttpProblem(413, `The upload is larger than the ${maxBytes} bytes allowed.`);
    yield chunk;
  }
}
