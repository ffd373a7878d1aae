import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import cors from "cors";
import type { Logger } from "pino";
import { segmentInStream } from "../integrity/stream-segments.js";
import type { FileMemory } from "../memory/file-memory.js";
import { type OriginMetrics, UNKNOWN_STREAM } from "../metrics/metrics.js";
import type { Editions } from "../playlist/editions.js";
import type { FileKind, Stream } from "../streams/stream.js";
import { isPlaylistPath, mediaTypeOf } from "./media-type.js";
import { HttpProblem, quote, sendProblem } from "./problem.js";
import { parseRequestPath } from "./request-path.js";
import { sendArriving } from "./send-arriving.js";
import { etagOf, sendContent } from "./send-content.js";
import { sendPlaylist } from "./send-playlist.js";
import { countBody, type Served } from "./served.js";

export interface HlsOptions {
  streams: ReadonlyMap<string, Stream>;
  memory: FileMemory;
  editions: Editions;
  metrics: OriginMetrics;
  logger: Logger;
  clock: () => number;
  corsOrigins: "*" | readonly string[];
  onServed: (served: Served) => void;
  /** Names this process in `Via`. */
  via: string;
}

/** What players in other origins' pages may read of a response. */
const EXPOSED_HEADERS = ["Content-Length", "Content-Range", "ETag", "Date", "Accept-Ranges"];

/** A day: browsers cap it at two hours or less anyway. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Segments and init sections never change under their name. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** Answers a request below `/hls/`. It is called for every segment and poll, so nothing that routes stands before it. */
export type HlsHandler = (req: IncomingMessage, res: ServerResponse, pathname: string) => Promise<void>;

/** Everything below `/hls/`: `<stream>/<path>`. */
export function hlsHandler(options: HlsOptions): HlsHandler {
  const { streams, memory, editions, metrics, logger, clock, corsOrigins, onServed, via } = options;
  const allowOrigins = cors({
    origin: corsOrigins === "*" ? "*" : [...corsOrigins],
    methods: ["GET", "HEAD"],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
  });

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    pathname: string,
    asked: { stream?: string; path?: string; kind?: FileKind },
  ): Promise<void> {
    if (req.headers.via?.includes(via)) {
      throw new HttpProblem(508, "This request has been here before: an upstream leads back to this origin.");
    }
    const { stream: name, path } = parseRequestPath(pathname);
    const stream = streams.get(name);
    if (!stream) {
      throw new HttpProblem(
        404,
        `No stream ${quote(name)}. Known streams: ${[...streams.keys()].join(", ")}.`,
      );
    }
    asked.stream = name;
    asked.path = path;
    const mediaType = mediaTypeOf(path);
    if (mediaType !== undefined) asked.kind = isPlaylistPath(path) ? "playlist" : "segment";
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD, OPTIONS");
      throw new HttpProblem(405, `${req.method} is not possible here; use GET or HEAD.`);
    }
    const resource = await stream.find(path, req.headers.range);
    res.setHeader("Content-Type", mediaType ?? "application/octet-stream");
    res.setHeader("X-Content-Type-Options", "nosniff");
    if (resource.at === "playlist") {
      const edition = await editions.of(name, path, resource, {
        read: (file) => contentOf(stream, file),
        find: segmentInStream(stream, path),
      });
      res.setHeader("Cache-Control", `public, max-age=${resource.maxAgeSeconds}`);
      await sendPlaylist(req, res, edition);
      return;
    }
    asked.kind = resource.kind;
    res.setHeader("Cache-Control", cacheControlOf(path, resource));
    if (resource.at === "arriving") {
      await sendArriving(req, res, resource);
      return;
    }
    if (resource.at === "memory") {
      await sendContent(req, res, { ...resource, body: resource.content });
      return;
    }
    const content = await memory.take(resource, resource);
    const { modifiedMs } = resource;
    await sendContent(req, res, { body: content ?? resource, etag: etagOf(resource), modifiedMs });
  }

  return async (req, res, pathname) => {
    try {
      let isPreflight = true;
      allowOrigins(req, res, () => {
        isPreflight = false;
      });
      if (isPreflight) return;
      const asked: { stream?: string; path?: string; kind?: FileKind } = {};
      countBody(req, res, (outcome) => {
        const { stream = UNKNOWN_STREAM, path, kind } = asked;
        metrics.count({ stream, kind: kind ?? "other", status: outcome.status, bytes: outcome.bytes });
        if (asked.stream !== undefined && path !== undefined && kind !== undefined) {
          onServed({ stream, kind, path, ...outcome, atMs: clock() });
        }
      });
      await answer(req, res, pathname, asked);
    } catch (error) {
      sendProblem(req, res, error, logger);
    }
  };
}

function cacheControlOf(path: string, { isImmutable }: { isImmutable: boolean }): string {
  // Keys are secrets: no shared cache may hold them.
  if (extname(path) === ".key") return "private, no-store";
  return isImmutable ? IMMUTABLE : "no-cache";
}

async function* contentOf(stream: Stream, path: string): AsyncIterable<Uint8Array> {
  const resource = await stream.find(path);
  if (resource.at === "playlist") yield Buffer.from(resource.text);
  else if (resource.at === "arriving") yield* resource.arriving.follow();
  else if (resource.at === "memory") yield resource.content;
  else yield* createReadStream(resource.file) as AsyncIterable<Uint8Array>;
}
