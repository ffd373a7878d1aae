import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import type { Logger } from "pino";
import type { StreamGate } from "../access/stream-gate.js";
import { readClientData } from "../cmcd/client-data.js";
import { segmentInStream } from "../integrity/stream-segments.js";
import type { FileMemory } from "../memory/file-memory.js";
import { type OriginMetrics, UNKNOWN_STREAM } from "../metrics/metrics.js";
import type { Editions } from "../playlist/editions.js";
import { STEERING_PATH, withSteering } from "../steering/steering.js";
import type { FileKind, Stream } from "../streams/stream.js";
import { isPlaylistPath, mediaTypeOf } from "./media-type.js";
import { HttpProblem, quote, sendProblem } from "./problem.js";
import { parseRequestPath, type RequestPath } from "./request-path.js";
import { sendArriving } from "./send-arriving.js";
import { etagOf, sendContent } from "./send-content.js";
import { sendPlaylist } from "./send-playlist.js";
import { countBody, type Served } from "./served.js";
import type { Target } from "./target.js";

export interface HlsOptions {
  streams: ReadonlyMap<string, Stream>;
  memory: FileMemory;
  editions: Editions;
  metrics: OriginMetrics;
  logger: Logger;
  clock: () => number;
  /** For every stream. */
  gates: ReadonlyMap<string, StreamGate>;
  /** Stands where there is no stream. */
  noGate: StreamGate;
  onServed: (served: Served) => void;
  /** The Content Steering manifest, where there is one. */
  steering: string | undefined;
  /** Names this process in `Via`. */
  via: string;
}

/** Segments and init sections never change under their name. */
const IMMUTABLE = "max-age=31536000, immutable";

/** A change of pathways reaches players so soon after their time to ask. */
const STEERING_MAX_AGE_SECONDS = 10;

/** Answers a request below `/hls/`. It is called for every segment and poll, so nothing that routes stands before it. */
export type HlsHandler = (req: IncomingMessage, res: ServerResponse, target: Target) => Promise<void>;

/** What is known of a request so far. */
interface Asked {
  at?: RequestPath;
  stream?: string;
  path?: string;
  kind?: FileKind;
}

/** Everything below `/hls/`: `<stream>/<path>`. */
export function hlsHandler(options: HlsOptions): HlsHandler {
  const { streams, memory, editions, metrics, logger, clock, gates, noGate, onServed, steering, via } =
    options;

  async function answer(
    req: IncomingMessage,
    res: ServerResponse,
    target: Target,
    asked: Asked,
  ): Promise<void> {
    if (req.headers.via?.includes(via)) {
      throw new HttpProblem(508, "This request has been here before: an upstream leads back to this origin.");
    }
    const { stream: name, path } = asked.at ?? parseRequestPath(target.pathname);
    const stream = streams.get(name);
    const gate = gates.get(name);
    if (!stream || !gate) {
      const known = [...gates.values()].filter(({ isPrivate }) => !isPrivate).map((other) => other.stream);
      throw new HttpProblem(404, `No stream ${quote(name)}. Known streams: ${known.join(", ") || "none"}.`);
    }
    asked.stream = name;
    asked.path = path;
    const mediaType = mediaTypeOf(path);
    if (mediaType !== undefined) asked.kind = isPlaylistPath(path) ? "playlist" : "segment";
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD, OPTIONS");
      throw new HttpProblem(405, `${req.method} is not possible here; use GET or HEAD.`);
    }
    await gate.admit(req, res, target.query);
    const clientData = readClientData(target.query, req.headers);
    if (clientData) metrics.countClientData(name, clientData);
    const scope = gate.isPrivate ? "private" : "public";
    if (path === STEERING_PATH && steering !== undefined) {
      sendSteering(req, res, steering, scope);
      return;
    }
    const found = await stream.find(path, req.headers.range);
    const resource =
      steering !== undefined && found.at === "playlist" && found.isMaster
        ? { ...found, text: withSteering(found.text) }
        : found;
    res.setHeader("Content-Type", mediaType ?? "application/octet-stream");
    res.setHeader("X-Content-Type-Options", "nosniff");
    if (resource.at === "playlist") {
      const edition = await editions.of(name, path, resource, {
        read: (file) => contentOf(stream, file),
        find: segmentInStream(stream, path),
      });
      res.setHeader("Cache-Control", `${scope}, max-age=${resource.maxAgeSeconds}`);
      await sendPlaylist(req, res, edition);
      return;
    }
    asked.kind = resource.kind;
    res.setHeader("Cache-Control", cacheControlOf(path, resource, scope));
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

  /** A wrong path has no stream, but its answer must be readable for pages, too. */
  function gateFor(pathname: string, asked: Asked): StreamGate {
    try {
      asked.at = parseRequestPath(pathname);
      return gates.get(asked.at.stream) ?? noGate;
    } catch {
      return noGate;
    }
  }

  return async (req, res, target) => {
    const asked: Asked = {};
    try {
      const gate = gateFor(target.pathname, asked);
      if (gate.answerCors(req, res)) return;
      countBody(req, res, (outcome) => {
        const { stream = UNKNOWN_STREAM, path, kind } = asked;
        metrics.count({ stream, kind: kind ?? "other", ...outcome });
        if (asked.stream !== undefined && path !== undefined && kind !== undefined) {
          const { bytes, status, complete } = outcome;
          onServed({ stream, kind, path, bytes, status, complete, atMs: clock() });
        }
      });
      await answer(req, res, target, asked);
    } catch (error) {
      sendProblem(req, res, error, logger);
    }
  };
}

function cacheControlOf(
  path: string,
  { isImmutable }: { isImmutable: boolean },
  scope: "public" | "private",
): string {
  // Keys are secrets: no shared cache may hold them.
  if (extname(path) === ".key") return "private, no-store";
  return isImmutable ? `${scope}, ${IMMUTABLE}` : "no-cache";
}

async function* contentOf(stream: Stream, path: string): AsyncIterable<Uint8Array> {
  const resource = await stream.find(path);
  if (resource.at === "playlist") yield Buffer.from(resource.text);
  else if (resource.at === "arriving") yield* resource.arriving.follow();
  else if (resource.at === "memory") yield resource.content;
  else yield* createReadStream(resource.file) as AsyncIterable<Uint8Array>;
}

function sendSteering(req: IncomingMessage, res: ServerResponse, manifest: string, scope: string): void {
  res.setHeader("Content-Type", "application/json");
  res.setHeader("Cache-Control", `${scope}, max-age=${STEERING_MAX_AGE_SECONDS}`);
  res.setHeader("Content-Length", Buffer.byteLength(manifest));
  res.end(req.method === "HEAD" ? undefined : manifest);
}
