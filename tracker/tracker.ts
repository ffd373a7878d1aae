import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { pino } from "pino";
import type { Registry } from "prom-client";
import { ANNOUNCE_PATH, createApp, refuseOtherPaths } from "./app.js";
import { Connection } from "./connection.js";
import { Metrics } from "./metrics.js";
import { OptionError, parseSettings, type TrackerOptions } from "./options.js";
import { SwarmServer } from "./swarm-server.js";
import type { TrackerContext } from "./tracker-context.js";
import { type Refusal, Upgrades } from "./upgrades.js";

/** RFC 6455, section 7.4.1: the server is going down. */
const GOING_AWAY = 1001;

/** Introduces viewers to each other over the WebTorrent tracker protocol. */
export interface Tracker extends AsyncDisposable {
  /** The HTTP side, to which routes of your own may be added before `listen()`. */
  readonly app: Express;
  /** This tracker's metrics and those of the process, as served at `/metrics`. */
  readonly metrics: Registry;
  /**
   * Starts to serve. Further calls return the first one's result.
   *
   * @throws {OptionError} if the host or port cannot be listened on.
   */
  listen(): Promise<TrackerAddress>;
  /**
   * Tells all clients that the tracker goes away (code 1001), cuts those that have not left after
   * `closeTimeoutMs`, and resolves when the port is free. Further calls wait for the same end.
   */
  close(): Promise<void>;
}

export interface TrackerAddress {
  /** For clients' lists of trackers, e.g. `ws://127.0.0.1:8000/announce`. */
  readonly url: string;
  readonly port: number;
}

/**
 * Makes a tracker that does not listen yet.
 *
 * @throws {OptionError} naming the wrong option.
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  const { logger = pino({ level: "silent" }), random = Math.random, now = () => performance.now() } = options;
  const { logger: _logger, random: _random, now: _now, ...plain } = options;
  const settings = parseSettings(plain);

  const connections = new Set<Connection>();
  const metrics = new Metrics({
    sockets: () => connections.size,
    swarms: () => server.swarmCount,
    peers: () => server.countPeers(),
  });
  const server = new SwarmServer({
    announceIntervalMs: settings.announceIntervalMs,
    random,
    onIntroduced: (offers) => metrics.offersRelayed(offers),
  });
  const context: TrackerContext = { settings, server, metrics, logger, now };

  const app = createApp(metrics.registry);
  const http = createServer(app);
  const upgrades = new Upgrades({
    maxMessageBytes: settings.maxMessageBytes,
    admit,
    onRefused: (reason) => metrics.refused(reason),
    onWebSocket(socket) {
      const connection = new Connection(socket, context, () => connections.delete(connection));
      connections.add(connection);
    },
  });
  http.on("upgrade", upgrades.handle);
  http.on("error", (error) => {
    // While listening these are connections that could not be accepted, for want of file descriptors above all.
    if (!http.listening) return;
    metrics.failed();
    logger.error({ err: error }, "could not accept a connection");
  });

  let heartbeat: NodeJS.Timeout | undefined;
  let listening: Promise<TrackerAddress> | undefined;
  let closing: Promise<void> | undefined;

  function admit(): Refusal | undefined {
    if (closing !== undefined) return { status: 503, sentence: "The tracker is going away." };
    if (connections.size < settings.maxSockets) return undefined;
    return { status: 503, sentence: "The tracker is full: try again later.", reason: "too_many_sockets" };
  }

  async function start(): Promise<TrackerAddress> {
    const { host } = settings;
    refuseOtherPaths(app);
    try {
      http.listen({ host, port: settings.port });
      await once(http, "listening");
    } catch (cause) {
      throw cannotListen(host, settings.port, cause);
    }
    heartbeat = setInterval(() => {
      for (const connection of connections) connection.heartbeat();
    }, settings.heartbeatIntervalMs);
    const { port } = http.address() as AddressInfo;
    const url = `ws://${host.includes(":") ? `[${host}]` : host}:${port}${ANNOUNCE_PATH}`;
    logger.info({ url }, "listening; open to everybody, because no keys are configured");
    return { url, port };
  }

  async function stop(): Promise<void> {
    // A start that failed was reported to whoever asked for it.
    await listening?.catch(() => undefined);
    clearInterval(heartbeat);
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    for (const connection of connections) connection.close(GOING_AWAY, "the tracker is going away");
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.terminate();
      http.closeAllConnections();
    }, settings.closeTimeoutMs);
    await closed;
    clearTimeout(deadline);
    await new Promise<void>((resolve) => server.close(resolve));
    logger.info("closed");
  }

  function listen(): Promise<TrackerAddress> {
    if (closing !== undefined) return Promise.reject(new Error("listen: the tracker was closed"));
    listening ??= start();
    return listening;
  }

  function close(): Promise<void> {
    closing ??= stop();
    return closing;
  }

  return { app, metrics: metrics.registry, listen, close, [Symbol.asyncDispose]: close };
}

function cannotListen(host: string, port: number, cause: unknown): OptionError {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case "EADDRINUSE":
      return new OptionError(`port: ${port} is already in use on ${host}`, { cause });
    case "EACCES":
      return new OptionError(`port: ${port} may not be listened on by this user`, { cause });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new OptionError(`host: ${host} is not an address of this machine`, { cause });
    default:
      return new OptionError(`host: cannot listen on ${host}, port ${port} (${code ?? String(cause)})`, {
        cause,
      });
  }
}
