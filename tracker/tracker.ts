import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Express } from "express";
import { pino } from "pino";
import type { Registry } from "prom-client";
import type { StreamName } from "../player/protocol/index.js";
import { AddressBook } from "./admission/address-book.js";
import { AdmissionError } from "./admission/admission.js";
import { ANNOUNCE_PATH, createApp, refuseOtherPaths } from "./app.js";
import { Cluster } from "./cluster/cluster.js";
import { SharedIntroductions } from "./cluster/shared-introductions.js";
import { Connection } from "./connection.js";
import { addControlPlane } from "./control/control-plane.js";
import { readRenewableFiles, readTrackerFiles, type TrackerFiles } from "./files.js";
import { Introductions } from "./introductions.js";
import { addLivePage } from "./live/live.js";
import { Metrics } from "./metrics/metrics.js";
import { parseSettings, type TrackerOptions } from "./options.js";
import { Outboxes } from "./outboxes.js";
import type { Policies } from "./policy/policies.js";
import { PeerSessions } from "./reports/peer-sessions.js";
import { Quarantine } from "./reports/quarantine.js";
import { isQuarantineQuestion, QUARANTINE_QUESTION, readQuarantineLists } from "./reports/quarantine-list.js";
import { summarize } from "./reports/summaries.js";
import { Rules } from "./rules.js";
import { cannotListen, checkSettings } from "./start-errors.js";
import { SwarmServer } from "./swarm-server.js";
import type { TrackerContext } from "./tracker-context.js";
import { Upgrades } from "./upgrades.js";
import type { Visitor } from "./visitor.js";

/** RFC 6455, section 7.4.1: the server is going down. */
const GOING_AWAY = 1001;

/** With these, 20,000 connections are closed within ten seconds. */
const CLOSED_AT_ONCE = 200;
const CLOSE_PAUSE_MS = 100;

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
   * Reads the certificate and the keys anew. Whoever is connected stays.
   *
   * @throws {OptionError} naming the file; then all stays as it was.
   */
  reload(): Promise<void>;
  /**
   * Says at `/readyz` that it stops, serves on for `drainMs`, then takes no more viewers, tells all clients that the
   * tracker goes away (code 1001), cuts those that have not left after `closeTimeoutMs`, and resolves when the port is
   * free. Further calls wait for the same end.
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
  const {
    logger = pino({ level: "silent" }),
    random = Math.random,
    now: clock = () => performance.now(),
  } = options;
  const { logger: _logger, random: _random, now: _now, ...plain } = options;
  const settings = parseSettings(plain);
  checkSettings(settings);
  // Whole milliseconds: each connection keeps several times, and fractions take 16 bytes more each.
  const now = () => Math.floor(clock());

  const connections = new Set<Connection>();
  const addresses = new AddressBook({ ...settings, maxIdle: settings.maxSockets, now });
  const metrics = new Metrics({
    sockets: () => connections.size,
    socketLimit: () => settings.maxSockets,
    swarms: () => server.swarmCount,
    peers: () => server.countPeers(),
    unsentBytes: () => Array.from(connections).reduce((sum, { unsentBytes }) => sum + unsentBytes, 0),
  });
  const server = new SwarmServer({
    announceIntervalMs: settings.announceIntervalMs,
    random,
    onArrival(socket, arrival) {
      connections.add(new Connection(socket, arrival, context, onEnd));
    },
  });
  const onEnd = (connection: Connection) => {
    connections.delete(connection);
    addresses.leave(connection.visitor.record);
  };
  const sessions = new PeerSessions();
  const local = new Introductions({ settings, server, metrics, rules: () => loaded().rules, now });
  const context: TrackerContext = {
    settings,
    rates: {
      messages: { perSecond: settings.messagesPerSecond, burst: settings.messageBurst },
      announces: { perSecond: settings.announcesPerMinute / 60, burst: settings.announceBurst },
    },
    server,
    get introductions() {
      return shared?.introductions ?? local;
    },
    metrics,
    outboxes: new Outboxes(),
    sessions,
    logger,
    now,
    bindStreams: settings.accessKeys !== undefined || settings.streams.length > 0,
  };

  const app = createApp(metrics.registry, () => ({
    status: closing !== undefined ? "stopping" : read === undefined ? "starting" : "ready",
    ...(shared && { redis: shared.cluster.isUp ? "up" : "away" }),
  }));
  const https = settings.tlsCert === undefined ? undefined : createHttpsServer(app);
  const http: ReturnType<typeof createHttpServer> | HttpsServer = https ?? createHttpServer(app);
  const quarantine = new Quarantine({
    quorum: settings.quarantineQuorum,
    onQuarantined(stream, peerId) {
      metrics.quarantined();
      const session = sessions.sessionOf(stream, peerId);
      if (session !== undefined) quarantine.imposeOnSession(stream, session, now());
      shared?.cluster.tellQuarantine(stream, { peerId, session });
      logger.warn({ stream }, "a peer sends wrong bytes, say its viewers: not introduced any more");
    },
  });
  const plane = addControlPlane(app, {
    settings,
    files: () => loaded().files,
    metrics,
    quarantine,
    announceUrls(stream, place) {
      const bases = shared?.cluster.urlsFor(stream, place) ?? [settings.publicUrl];
      return bases.map((base) => announceUrl(base, stream));
    },
    reportUrl(stream, place) {
      return shared === undefined ? "reports" : below(shared.cluster.homeUrl(stream, place), "reports");
    },
    tellViewer: (...viewer) => shared?.cluster.tellViewer(...viewer) ?? false,
    viewersElsewhere: (stream) => shared?.cluster.viewersElsewhere(stream) ?? 0,
    summaries: () => summarize(shared?.cluster.viewers ?? new Map(audience.streams), live.totals()),
    setPolicy(stream, policy) {
      loaded().files.policies.set(stream, policy);
      shared?.cluster.tellPolicy(stream, policy);
    },
    now,
  });
  const { audience } = plane;
  const live = addLivePage(app, {
    ...plane,
    settings,
    metrics,
    server,
    files: () => loaded().files,
    viewersElsewhere: (stream) => shared?.cluster.viewersElsewhere(stream) ?? 0,
    sockets: () => connections.size,
    cluster: () => shared?.cluster,
    now,
  });
  const upgrades = new Upgrades<Visitor>({
    maxMessageBytes: settings.maxMessageBytes,
    admit,
    onRefused: (reason) => metrics.refused(reason),
    onLost: ({ record }) => addresses.leave(record),
    onFault,
    onWebSocket(socket, duplex, visitor) {
      server.onWebSocketConnection(socket, { visitor, duplex });
    },
  });
  http.on("upgrade", upgrades.handle);
  http.on("error", (error) => {
    // While listening these are connections that could not be accepted, for want of file descriptors above all.
    if (http.listening) onFault(error);
  });

  let read: { readonly files: TrackerFiles; readonly rules: Rules } | undefined;
  let shared: { readonly cluster: Cluster; readonly introductions: SharedIntroductions } | undefined;
  const startedMs = now();
  let visitors = 0;
  let heartbeat: NodeJS.Timeout | undefined;
  let listening: Promise<TrackerAddress> | undefined;
  let closing: Promise<void> | undefined;
  let isDrained = false;

  function loaded() {
    if (read === undefined) throw new AdmissionError(503, undefined, "The tracker is not ready yet.");
    return read;
  }

  function onFault(error: unknown): void {
    metrics.failed();
    logger.error({ err: error }, "could not serve a connection");
  }

  async function admit(request: IncomingMessage, query: URLSearchParams): Promise<Visitor> {
    if (isDrained) throw new AdmissionError(503, undefined, "The tracker is going away.");
    const asked = { stream: query.get("stream"), token: query.get("token") };
    const { files } = loaded();
    const { address, stream, session } = await files.admission.admit(request, asked);
    if (quarantine.isSessionQuarantined(stream, session, now())) {
      const sentence = "This viewer's peer has sent wrong bytes: it is introduced to nobody for a while.";
      throw new AdmissionError(403, "quarantined", sentence);
    }
    if (connections.size >= settings.maxSockets) {
      throw new AdmissionError(503, "too_many_sockets", "The tracker is full: try again later.");
    }
    const record = addresses.enter(address);
    if (record === undefined) {
      const sentence = "Too many connections from this address: try again later.";
      throw new AdmissionError(429, "too_many_sockets_of_address", sentence);
    }
    visitors += 1;
    const place = files.locator.place(address);
    return { number: visitors, place, stream, session, record, standing: "p2p", standingRevision: -1 };
  }

  /** @param base this tracker's address as players see it. */
  async function share(redis: string, base: string, policies: Policies): Promise<void> {
    const cluster = new Cluster({
      redis,
      url: base,
      heartbeatMs: settings.nodeHeartbeatMs,
      logger,
      now,
      viewers: () => audience.streams,
      viewersOf: (stream) => audience.sizeOf(stream),
      onEnvelope: (envelope) => introductions.receive(envelope),
      onViewer: (stream, session) => audience.heard(stream, session, now()),
      onGone: (nodes) => introductions.onGone(nodes),
      onPolicy: (stream, policy) => policies.set(stream, policy),
      onQuarantine(stream, { peerId, session }) {
        quarantine.impose(stream, peerId, now());
        const known = session ?? sessions.sessionOf(stream, peerId);
        const isNews = known !== undefined && quarantine.imposeOnSession(stream, known, now());
        // The node that has found it out may not know whose peer it is.
        if (isNews && session === undefined) cluster.tellQuarantine(stream, { peerId, session: known });
      },
      load: () => ({
        sockets: connections.size,
        socketLimit: settings.maxSockets,
        uptimeS: (now() - startedMs) / 1000,
      }),
      onCounts: (counts) => live.learn(counts),
      async onCompany() {
        const expected = cluster.otherCount;
        const lists = readQuarantineLists(await cluster.ask(QUARANTINE_QUESTION));
        for (const list of lists) quarantine.learn(list, now());
        return lists.length >= expected;
      },
      onQuestion: (question) =>
        isQuarantineQuestion(question) ? quarantine.list(now()) : live.answer(question),
    });
    const { peerTtlMs } = settings;
    const introductions = new SharedIntroductions({ local, cluster, addresses, metrics, now, peerTtlMs });
    shared = { cluster, introductions };
    metrics.cluster({
      isUp: () => cluster.isUp,
      nodes: () => cluster.nodeCount,
      sent: () => cluster.sent,
      received: () => cluster.received,
    });
    await cluster.start();
  }

  async function start(): Promise<TrackerAddress> {
    const { host } = settings;
    const files = await readTrackerFiles(settings);
    read = { files, rules: new Rules({ policies: files.policies, quarantine, now }) };
    if (files.certificate !== undefined) https?.setSecureContext(files.certificate);
    refuseOtherPaths(app);
    try {
      http.listen({ host, port: settings.port });
      await once(http, "listening");
    } catch (cause) {
      throw cannotListen(host, settings.port, cause);
    }
    live.start();
    heartbeat = setInterval(() => {
      for (const connection of connections) connection.heartbeat();
      shared?.introductions.expire();
      addresses.sweep();
    }, settings.heartbeatIntervalMs);
    const { port } = http.address() as AddressInfo;
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const s = https === undefined ? "" : "s";
    const url = `ws${s}://${authority}${ANNOUNCE_PATH}`;
    if (settings.redis !== undefined) {
      await share(settings.redis, settings.publicUrl ?? `http${s}://${authority}/`, files.policies);
    }
    const openness =
      settings.accessKeys === undefined ? "; open to everybody, because no keys are configured" : "";
    logger.info({ url }, `listening${openness}`);
    return { url, port };
  }

  async function reload(): Promise<void> {
    const { files, rules } = loaded();
    const renewed = await readRenewableFiles(settings);
    read = { files: { ...files, ...renewed }, rules };
    if (renewed.certificate !== undefined) https?.setSecureContext(renewed.certificate);
    logger.info("has read certificate and keys anew");
  }

  async function stop(): Promise<void> {
    // A start that failed was reported to whoever asked for it.
    const isListening = await listening?.then(() => true).catch(() => false);
    await shared?.cluster.drain();
    if (isListening === true && settings.drainMs > 0) await sleep(settings.drainMs);
    isDrained = true;
    clearInterval(heartbeat);
    live.stop();
    await closeInBatches([...connections]);
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    const deadline = setTimeout(() => {
      for (const connection of connections) connection.terminate();
      http.closeAllConnections();
    }, settings.closeTimeoutMs);
    await closed;
    clearTimeout(deadline);
    await shared?.cluster.stop();
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

  return { app, metrics: metrics.registry, listen, reload, close, [Symbol.asyncDispose]: close };
}

/** Not all at once: whoever has to go comes back somewhere else. */
async function closeInBatches(connections: readonly Connection[]): Promise<void> {
  for (let from = 0; from < connections.length; from += CLOSED_AT_ONCE) {
    if (from > 0) await sleep(CLOSE_PAUSE_MS);
    for (const connection of connections.slice(from, from + CLOSED_AT_ONCE)) {
      connection.close(GOING_AWAY, "the tracker is going away");
    }
  }
}

function announceUrl(publicUrl: string | undefined, stream: StreamName): string {
  const path = `announce?stream=${stream}`;
  return publicUrl === undefined ? path : below(publicUrl, path).replace(/^http/, "ws");
}

function below(publicUrl: string, path: string): string {
  return new URL(path, publicUrl.endsWith("/") ? publicUrl : `${publicUrl}/`).href;
}
