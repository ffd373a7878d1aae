import { createHash } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import type { Logger } from "pino";
import { ConfigError } from "../config-error.js";
import { isPlaylistPath, mediaTypeOf } from "../http/media-type.js";
import { HttpProblem, quote } from "../http/problem.js";
import type { SegmentBytes } from "../integrity/segment-bytes.js";
import type { OriginMetrics } from "../metrics/metrics.js";
import { decodePlaylist, MAX_PLAYLIST_BYTES } from "../playlist/decode.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { parseMediaPlaylist } from "../playlist/media.js";
import { maxAgeOf, type PlaylistResource, type Resource, type Stream } from "../streams/stream.js";
import { type CachedObject, ObjectCache } from "./object-cache.js";
import { UpstreamClient } from "./upstream-client.js";
import { encodePath, type TakenOverPlaylist, takeOverPlaylist } from "./upstream-playlist.js";

/** A stream that another HTTP server has: this origin stands in front of it. */
export interface UpstreamConfig {
  kind: "upstream";
  /** Address of the folder that holds `master.m3u8`, e.g. `https://packager.example/live/`. */
  url: string;
  /**
   * Memory for segments; the least recently used go first.
   * @default 268435456 (256 MiB)
   */
  cacheBytes?: number;
  /**
   * How long the upstream may take to answer, and pause in an answer.
   * @default 10
   */
  timeoutSeconds?: number;
  /**
   * How long a playlist is served on when the upstream fails.
   * @default 30
   */
  staleSeconds?: number;
}

export interface UpstreamContext {
  readonly clock: () => number;
  readonly logger: Logger;
  readonly metrics: OriginMetrics;
  /** Names this process; see {@link UpstreamClient}. */
  readonly via: string;
}

interface KeptPlaylist {
  readonly playlist: PlaylistResource;
  readonly objects: TakenOverPlaylist["objects"];
  /** Asked for again after that. */
  readonly freshUntilMs: number;
  readonly fetchedAtMs: number;
  readonly isEnded: boolean;
}

const DEFAULTS = { cacheBytes: 256 * 1024 * 1024, timeoutSeconds: 10, staleSeconds: 30 };
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const MAX_PLAYLISTS = 1_000;
/** Of playlists that will not change. */
const ENDED_FRESH_MS = 60_000;
/** Masters hardly change; media playlists are looked at four times in a target duration. */
const MASTER_FRESH_MS = 2_000;
const LOOKS_PER_TARGET = 4;
const HASH_PATIENCE_MS = 1_000;
/** A failing upstream is asked so often, however many viewers there are. */
const RETRY_MS = 500;

/** @throws {ConfigError} for an address that cannot be one. */
export function openUpstream(name: string, config: UpstreamConfig, context: UpstreamContext): Stream {
  const { cacheBytes, timeoutSeconds, staleSeconds } = { ...DEFAULTS, ...config };
  const { clock, logger, metrics, via } = context;
  const base = baseOf(config.url, `streams.${name}.url`);
  const client = new UpstreamClient({
    ...{ base, via },
    timeoutMs: timeoutSeconds * 1000,
    onError: (reason) => metrics.countUpstreamError(name, reason),
  });
  const cache = new ObjectCache({
    maxBytes: cacheBytes,
    maxObjectBytes: Math.min(MAX_OBJECT_BYTES, cacheBytes),
  });
  const playlists = new Map<string, KeptPlaylist>();
  const fetching = new Map<string, Promise<KeptPlaylist>>();
  const failures = new Map<string, { error: unknown; untilMs: number }>();

  function namedObject(path: string) {
    for (const { objects } of playlists.values()) {
      const object = objects.get(path);
      if (object) return object;
    }
    return undefined;
  }

  async function fetchPlaylist(path: string): Promise<KeptPlaylist> {
    const search = namedObject(path)?.search ?? "";
    const answer = await client.get(encodePath(path) + search);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body()) {
      bytes += chunk.byteLength;
      if (bytes > MAX_PLAYLIST_BYTES) break;
      chunks.push(chunk);
    }
    try {
      return keep(path, decodePlaylist(Buffer.concat(chunks)));
    } catch (cause) {
      metrics.countUpstreamError(name, "content");
      const reason = (cause as Error).message;
      throw new HttpProblem(502, `The upstream's ${quote(path)} cannot be read: ${reason}.`, { cause });
    }
  }

  function keep(path: string, original: string): KeptPlaylist {
    const { text, objects } = takeOverPlaylist(original, path, base);
    const isMaster = isMasterPlaylist(text);
    const media = isMaster ? undefined : parseMediaPlaylist(text);
    if (isMaster) parseMasterPlaylist(text);
    const targetMs = (media?.targetDurationSeconds ?? 0) * 1000;
    const freshMs = isMaster
      ? MASTER_FRESH_MS
      : media?.isEnded
        ? ENDED_FRESH_MS
        : targetMs / LOOKS_PER_TARGET;
    const before = playlists.get(path);
    const maxAgeSeconds = isMaster ? MASTER_FRESH_MS / 1000 : maxAgeOf(targetMs / 1000);
    // The same object as long as the text is the same, so that whoever renders it notices nothing.
    const playlist: PlaylistResource =
      before?.playlist.text === text ? before.playlist : { at: "playlist", text, isMaster, maxAgeSeconds };
    const fetchedAtMs = clock();
    const isEnded = media?.isEnded ?? true;
    const kept = { playlist, objects, freshUntilMs: fetchedAtMs + freshMs, fetchedAtMs, isEnded };
    if (playlists.size >= MAX_PLAYLISTS) playlists.clear();
    playlists.set(path, kept);
    return kept;
  }

  async function findPlaylist(path: string): Promise<PlaylistResource> {
    const kept = playlists.get(path);
    if (kept && clock() < kept.freshUntilMs) return kept.playlist;
    try {
      const failed = failures.get(path);
      if (failed && clock() < failed.untilMs) throw failed.error;
      const underway = fetching.get(path) ?? fetchPlaylist(path).finally(() => fetching.delete(path));
      fetching.set(path, underway);
      const { playlist } = await underway;
      failures.delete(path);
      return playlist;
    } catch (error) {
      if (failures.size >= MAX_PLAYLISTS) failures.clear();
      failures.set(path, { error, untilMs: clock() + RETRY_MS });
      const isGone = error instanceof HttpProblem && error.status === 404;
      if (!kept || isGone || clock() - kept.fetchedAtMs > staleSeconds * 1000) throw error;
      logger.warn({ err: error, stream: name, path }, "upstream failed; its last playlist is served on");
      metrics.countCache(name, "stale");
      return kept.playlist;
    }
  }

  async function findObject(path: string, range: string | undefined): Promise<Resource> {
    const named = namedObject(path);
    const kind = named?.isInit ? "init" : "segment";
    const target = encodePath(path) + (named?.search ?? "");
    // The whole file of a sliced rendition would be a film: only the part goes through here.
    const part = named?.isSliced && isSingleRange(range) ? range : undefined;
    const key = part === undefined ? path : `${path} ${part}`;
    const { outcome, object } = await cache.get(key, () => client.get(target, part));
    metrics.countCache(name, outcome);
    const isWanted = "arriving" in object && range === undefined;
    if (isWanted)
      return { at: "arriving", kind, arriving: object.arriving, bytes: object.bytes, isImmutable: true };
    return resourceOf(kind, "arriving" in object ? await object.whole : object);
  }

  return {
    isRemote: true,
    async find(path, range): Promise<Resource> {
      if (mediaTypeOf(path) === undefined) {
        throw new HttpProblem(404, `Stream ${quote(name)} has no file ${quote(path)}.`);
      }
      return isPlaylistPath(path) ? await findPlaylist(path) : await findObject(path, range);
    },
    segmentBytes: (path) => bytesToHash(path),
    close: async () => cache.clear(),
  };

  /** Live segments are fetched to be hashed, as the first viewer will want them anyway; others when they are here. */
  async function bytesToHash(path: string): Promise<SegmentBytes> {
    const isLive = [...playlists.values()].some(({ objects, isEnded }) => !isEnded && objects.has(path));
    return {
      identity: `${base.href} ${path} ${cache.peek(path)?.validator ?? ""}`,
      bytes: undefined,
      read: async function* (range) {
        const part = range && `bytes=${range.start}-${range.end}`;
        const isHere = cache.peek(path) ?? (part && cache.peek(`${path} ${part}`));
        if (!isHere && !isLive) throw new HttpProblem(404, `${quote(path)} is not here yet.`);
        // The playlist waits for its newest segment's hash, but not for an upstream that dawdles.
        const found = await Promise.race([
          // Asking for a range makes it come whole.
          findObject(path, part ?? "bytes=0-"),
          after(HASH_PATIENCE_MS, undefined, { ref: false }),
        ]);
        if (found?.at !== "memory") throw new HttpProblem(504, `${quote(path)} does not come in time.`);
        const isWhole = found.part === undefined && range !== undefined;
        yield isWhole ? found.content.subarray(range.start, range.end + 1) : found.content;
      },
    };
  }
}

function resourceOf(kind: "init" | "segment", { content, validator, contentRange }: CachedObject): Resource {
  // The upstream's own may be weak or of any length.
  const etag = `"${createHash("sha256").update(validator).digest("base64url").slice(0, 22)}"`;
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? "") ?? [];
  const isPart = total !== undefined && Number(end) - Number(start) + 1 === content.byteLength;
  if (contentRange !== undefined && !isPart) {
    throw new HttpProblem(
      502,
      `The upstream's Content-Range ${quote(contentRange)} does not fit what it sent.`,
    );
  }
  const part = isPart ? { start: Number(start), end: Number(end), total: Number(total) } : undefined;
  return { at: "memory", kind, content, etag, isImmutable: true, part };
}

function isSingleRange(range: string | undefined): boolean {
  return range !== undefined && /^bytes=\d{1,15}-\d{1,15}$/.test(range);
}

function baseOf(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    const form =
      'expected an address such as "https://packager.example/live/", without a user, query or fragment';
    throw new ConfigError(`${option}: ${form}, got ${JSON.stringify(text)}`);
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
