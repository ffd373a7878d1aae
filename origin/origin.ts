import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import express from "express";
import { type Logger, pino } from "pino";
import type { Registry } from "prom-client";
import { readSharedKey } from "./access/shared-key.js";
import { ConfigError } from "./config-error.js";
import { hlsHandler } from "./http/hls.js";
import { type IngestEntry, ingestHandler } from "./http/ingest.js";
import { createListener } from "./http/listener.js";
import { answerProblems, nothingHere } from "./http/problem.js";
import type { Served } from "./http/served.js";
import { parseTarget } from "./http/target.js";
import { newPlaylistKey, type PlaylistKey } from "./integrity/playlist-key.js";
import { warmStreams } from "./integrity/stream-segments.js";
import { PlaylistTagger } from "./integrity/tagger.js";
import { publicKeys, WELL_KNOWN_PATH } from "./integrity/well-known.js";
import { FileMemory } from "./memory/file-memory.js";
import { createMetrics } from "./metrics/metrics.js";
import { Editions } from "./playlist/editions.js";
import type { PlaylistFilter } from "./playlist/filter.js";
import { openStreams, type StreamConfig } from "./streams/open.js";
import type { Stream } from "./streams/stream.js";

export interface OriginOptions {
  /**
   * Address to listen on.
   * @default "127.0.0.1"
   */
  host?: string;
  /**
   * TCP port to listen on; 0 takes any free one.
   * @default 8080
   */
  port?: number;
  /** Streams by name; each is served at `/hls/<name>/master.m3u8`. `defaultStreams()` has the embedded ones. */
  streams: Readonly<Record<string, StreamConfig>>;
  /**
   * Milliseconds since 1970. Live channels follow it.
   * @default Date.now
   */
  clock?: () => number;
  /** Silent unless given. */
  logger?: Logger;
  /**
   * Web origins whose pages may load streams, e.g. `https://video.example`; `"*"` for all.
   * @default "*"
   */
  corsOrigins?: "*" | readonly string[];
  /**
   * Keys that vouch for segments in the playlists, so that players can take them from each other. The first signs, all
   * are published at `/.well-known/nearcast.json`; with none, playlists stay as they are.
   * @default one that lives as long as this origin
   */
  integrityKeys?: readonly PlaylistKey[];
  /** Called once for each response of a stream when it has finished or was aborted: the origin's access log. */
  onServed?: (served: Served) => void;
  /** Rewrites every media playlist before it is served, once per change; see {@link PlaylistFilter}. */
  playlistFilter?: PlaylistFilter;
  /**
   * Lets anybody who reaches this origin push to ingests that have no key, also from other machines.
   * @default false
   */
  open?: boolean;
  /** Adds routes of the host program after the origin's own and before the 404 answer. */
  routes?: (app: express.Express) => void;
}

/** An HTTP server for HLS streams; see {@link createOrigin}. */
export interface Origin {
  /**
   * Opens the port; later calls give the same answer.
   *
   * @returns `url` without a trailing slash, e.g. `http://127.0.0.1:8080`.
   * @throws {ConfigError} when the port is taken.
   */
  listen(): Promise<{ url: string; port: number }>;
  /** Stops accepting, lets open responses finish for 2 s, then drops every connection. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** Answers a request without this origin listening itself: for mounting in another server. */
  readonly handle: RequestListener;
  /** This origin's own metrics, as served at `/metrics`. */
  readonly metrics: Registry;
}

const CLOSE_DEADLINE_MS = 2_000;
/** Segments are hashed before the port opens, but for no longer than this; then in the background. */
const WARM_UP_MS = 1_000;

const HLS = "/hls/";
const INGEST = "/ingest/";

/** Some 500 segments of the usual length and bitrate. */
const FILE_MEMORY = { maxBytes: 256 * 1024 * 1024, maxFileBytes: 16 * 1024 * 1024 };

/**
 * Makes an origin that serves streams at `/hls/`, its state at `/healthz` and its metrics at `/metrics`. It does not
 * listen by itself.
 *
 * @throws {ConfigError} when an option is wrong or a stream cannot be opened.
 */
export function createOrigin(options: OriginOptions): Origin {
  const { host = "127.0.0.1", port = 8080, clock = Date.now, corsOrigins = "*" } = options;
  const logger = options.logger ?? pino({ enabled: false });
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new ConfigError(`port: expected 0-65535, got ${port}`);
  }
  const [key, ...olderKeys] = options.integrityKeys ?? [newPlaylistKey()];
  const tagger = key && new PlaylistTagger({ keys: [key, ...olderKeys] });
  const metrics = createMetrics();
  const via = `nearcast-${randomUUID()}`;
  const memory = new FileMemory(FILE_MEMORY);
  const streams = openStreams(options.streams, { clock, memory, logger, metrics, via });
  const entries = ingestEntries(options, streams, host);

  const app = express();
  app.disable("x-powered-by");
  app.enable("case sensitive routing");
  app.get("/healthz", (_req, res) => {
    res.setHeader("Cache-Control", "no-store");
    res.type("text/plain").send("ok");
  });
  app.get("/metrics", async (_req, res) => {
    res.setHeader("Cache-Control", "no-store");
    res.setHeader("Content-Type", metrics.registry.contentType);
    res.send(Buffer.from(await metrics.registry.metrics()));
  });
  if (tagger) app.get(WELL_KNOWN_PATH, publicKeys(tagger.keys));
  const onServed = (served: Served) => {
    logger.debug(served, "served");
    options.onServed?.(served);
  };
  const editions = new Editions({ filter: options.playlistFilter, tagger, logger, onMade: () => {} });
  const serveHls = hlsHandler({
    streams,
    memory,
    editions,
    metrics,
    logger,
    clock,
    corsOrigins,
    onServed,
    via,
  });
  options.routes?.(app);
  app.use(nothingHere, answerProblems(logger));

  const takeIngest = ingestHandler({ entries, metrics, logger });
  const handle: RequestListener = (req, res) => {
    const { pathname } = parseTarget(req.url);
    if (pathname.startsWith(INGEST)) {
      void takeIngest(req, res, pathname.slice(INGEST.length - 1));
      return;
    }
    if (req.headers.expect !== undefined) res.writeContinue();
    if (pathname.startsWith(HLS)) void serveHls(req, res, pathname.slice(HLS.length - 1));
    else app(req, res);
  };
  const listener = createListener(handle, { host, port, closeDeadlineMs: CLOSE_DEADLINE_MS });
  let isClosed = false;
  let warming: Promise<void> | undefined;
  const listen = async () => {
    warming ??= tagger && warmStreams(streams.values(), tagger, () => isClosed);
    if (warming) await Promise.race([warming, after(WARM_UP_MS, undefined, { ref: false })]);
    return listener.listen();
  };
  const close = async () => {
    isClosed = true;
    await listener.close();
    await Promise.all([...streams.values()].map((stream) => stream.close?.()));
  };
  return { listen, close, [Symbol.asyncDispose]: close, handle, metrics: metrics.registry };
}

function ingestEntries(
  { streams: configs, open = false }: OriginOptions,
  streams: ReadonlyMap<string, Stream>,
  host: string,
): ReadonlyMap<string, IngestEntry> {
  const entries = new Map<string, IngestEntry>();
  for (const [name, { desk }] of streams) {
    const config = configs[name];
    if (!desk || config?.kind !== "ingest") continue;
    const option = `streams.${name}.keyFile`;
    if (config.keyFile === undefined && !open && !isLoopback(host)) {
      throw new ConfigError(`${option}: is needed, because ${host} can be reached from other machines`);
    }
    const key = config.keyFile === undefined ? undefined : readSharedKey(config.keyFile, option);
    entries.set(name, { desk, key });
  }
  return entries;
}

/** Whether only programs on this machine can connect to a host name or address. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
