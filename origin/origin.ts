import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import express from "express";
import { type Logger, pino } from "pino";
import type { Registry } from "prom-client";
import { type AccessConfig, announceAccess, openAccess } from "./access/access.js";
import { openGates } from "./access/open-gates.js";
import { StreamGate } from "./access/stream-gate.js";
import { ConfigError } from "./config-error.js";
import { hlsHandler } from "./http/hls.js";
import { ingestHandler } from "./http/ingest.js";
import { ingestEntries } from "./http/ingest-entries.js";
import { createListener } from "./http/listener.js";
import { answerProblems, nothingHere } from "./http/problem.js";
import type { Served } from "./http/served.js";
import { parseTarget } from "./http/target.js";
import { tokenRoutes } from "./http/tokens.js";
import { newPlaylistKey, type PlaylistKey } from "./integrity/playlist-key.js";
import { warmStreams } from "./integrity/stream-segments.js";
import { PlaylistTagger } from "./integrity/tagger.js";
import { publicKeys, WELL_KNOWN_PATH } from "./integrity/well-known.js";
import { FileMemory } from "./memory/file-memory.js";
import { createMetrics } from "./metrics/metrics.js";
import { Editions } from "./playlist/editions.js";
import type { PlaylistFilter } from "./playlist/filter.js";
import { type SteeringConfig, steeringManifest } from "./steering/steering.js";
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
  /** Keys and limits of access tokens. Needed when a stream is private. */
  access?: AccessConfig;
  /**
   * Addresses or subnets of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, e.g. `10.0.0.0/8`.
   * @default none
   */
  trustedProxies?: readonly string[];
  /** Other hosts that players can fall back on. */
  steering?: SteeringConfig;
  /**
   * How long open responses and uploads may take to finish after `close()`; then they are cut off.
   * @default 2
   */
  drainSeconds?: number;
  /** Adds routes of the host program after the origin's own and before the 404 answer. */
  routes?: (app: express.Express) => void;
}

/** An HTTP server for HLS streams; see {@link createOrigin}. */
export interface Origin {
  /**
   * Opens the port; later calls give the same answer.
   *
   * @returns `url` without a trailing slash, e.g. `http://127.0.0.1:8080`.
   * @throws {ConfigError} when the port is taken, or the access keys cannot be used.
   */
  listen(): Promise<{ url: string; port: number }>;
  /** Stops accepting, lets open responses finish for `drainSeconds`, then drops every connection. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** Answers a request without this origin listening itself: for mounting in another server. */
  readonly handle: RequestListener;
  /** This origin's own metrics, as served at `/metrics`. */
  readonly metrics: Registry;
}

const DRAIN_SECONDS = 2;
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
  const { drainSeconds = DRAIN_SECONDS } = options;
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
  const entries = ingestEntries(options.streams, streams, { host, open: options.open ?? false });
  const access = options.access && openAccess(options.access, clock);
  const gates = openGates(options.streams, { corsOrigins, verify: access?.verify, metrics });

  const app = express();
  app.disable("x-powered-by");
  app.enable("case sensitive routing");
  app.set("trust proxy", [...(options.trustedProxies ?? [])]);
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
  const editions = new Editions({
    filter: options.playlistFilter,
    tagger,
    logger,
    onMade: metrics.countRendered,
  });
  const serveHls = hlsHandler({
    streams,
    memory,
    editions,
    metrics,
    logger,
    clock,
    gates,
    noGate: new StreamGate({ stream: "", config: {}, corsOrigins, verify: undefined, onRefused: () => {} }),
    onServed,
    steering: options.steering && steeringManifest(options.steering),
    via,
  });
  if (access) {
    const { verify, desk } = access;
    app.use(tokenRoutes({ gates, verify, desk, metrics, logger, clock }));
  }
  options.routes?.(app);
  app.use(nothingHere, answerProblems(logger));

  const takeIngest = ingestHandler({ entries, metrics, logger });
  const handle: RequestListener = (req, res) => {
    const target = parseTarget(req.url);
    const { pathname } = target;
    if (pathname.startsWith(INGEST)) {
      void takeIngest(req, res, pathname.slice(INGEST.length - 1));
      return;
    }
    if (req.headers.expect !== undefined) res.writeContinue();
    if (pathname.startsWith(HLS)) {
      void serveHls(req, res, { ...target, pathname: pathname.slice(HLS.length - 1) });
    } else app(req, res);
  };
  const listener = createListener(handle, { host, port, closeDeadlineMs: drainSeconds * 1000 });
  let isClosed = false;
  let isAnnounced = false;
  let warming: Promise<void> | undefined;
  metrics.watch({
    connections: listener.connections,
    memoryBytes: () => memory.size,
    ingestLag: () => lagOf(streams, clock()),
  });
  const listen = async () => {
    await access?.ready;
    warming ??= tagger && warmStreams(streams.values(), tagger, () => isClosed);
    if (warming) await Promise.race([warming, after(WARM_UP_MS, undefined, { ref: false })]);
    const address = await listener.listen();
    if (!isAnnounced) announceAccess(gates.values(), logger);
    isAnnounced = true;
    return address;
  };
  const close = async () => {
    isClosed = true;
    await listener.close();
    await Promise.all([...streams.values()].map((stream) => stream.close?.()));
  };
  return { listen, close, [Symbol.asyncDispose]: close, handle, metrics: metrics.registry };
}

function* lagOf(streams: ReadonlyMap<string, Stream>, nowMs: number): Iterable<[string, number]> {
  for (const [name, stream] of streams) {
    const newestMs = Math.max(...(stream.newestDates?.() ?? []));
    if (Number.isFinite(newestMs)) yield [name, (nowMs - newestMs) / 1000];
  }
}
