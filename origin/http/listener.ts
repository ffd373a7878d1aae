import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { ConfigError } from "../config-error.js";

export interface ListenerOptions {
  host: string;
  port: number;
  /** Responses that are still open this long after `close()` are cut off. */
  closeDeadlineMs: number;
}

/** An HTTP server that can be closed for good: idle connections at once, busy ones after their response. */
export interface Listener {
  /** Starts at the first call; later calls get the same answer. */
  listen(): Promise<{ url: string; port: number }>;
  /** Open TCP connections. */
  connections(): number;
  /** Waits until every connection is gone. Further calls wait for the same. */
  close(): Promise<void>;
}

/** Longer than the minute that nginx and CDNs keep an idle connection, and than encoders need for a segment. */
const KEEP_ALIVE_MS = 75_000;
/** A connection on which nothing moves for so long is closed: a client that has vanished holds nothing. */
const STUCK_MS = 60_000;

export function createListener(
  app: RequestListener,
  { host, port, closeDeadlineMs }: ListenerOptions,
): Listener {
  const server = createServer(app);
  /** Open responses by connection; keep-alive connections stay here with none. */
  const openResponses = new Map<Socket, number>();
  let listening: Promise<{ url: string; port: number }> | undefined;
  let closing: Promise<void> | undefined;

  // The handler says whether the client may go on; without this, Node would before anybody has asked who it is.
  server.on("checkContinue", app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = STUCK_MS;
  server.on("connection", (socket) => {
    openResponses.set(socket, 0);
    socket.once("close", () => openResponses.delete(socket));
  });
  const track = ({ socket }: IncomingMessage, res: ServerResponse) => {
    openResponses.set(socket, (openResponses.get(socket) ?? 0) + 1);
    res.once("close", () => {
      const open = (openResponses.get(socket) ?? 1) - 1;
      if (openResponses.has(socket)) openResponses.set(socket, open);
      if (closing && open === 0) socket.destroySoon();
    });
  };
  server.on("request", track);
  server.on("checkContinue", track);

  function start(): Promise<{ url: string; port: number }> {
    return new Promise((resolve, reject) => {
      if (closing) throw new Error("The server was closed and cannot listen again.");
      server.once("error", (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
      server.listen({ host, port }, () => {
        const address = server.address() as AddressInfo;
        resolve({ url: `http://${reachable(host)}:${address.port}`, port: address.port });
      });
    });
  }

  async function stop(): Promise<void> {
    // A start that failed has told its caller; here only its end matters.
    const isUp = await listening?.then(
      () => true,
      () => false,
    );
    if (!isUp) return;
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(() => server.closeAllConnections(), closeDeadlineMs);
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      for (const [socket, open] of openResponses) if (open === 0) socket.destroy();
    });
  }

  return {
    connections: () => openResponses.size,
    listen: () => {
      listening ??= start();
      return listening;
    },
    close: () => {
      closing ??= stop();
      return closing;
    },
  };
}

/** A host that a browser on this machine can open: the wildcard addresses are none. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (cause.code) {
    case "EADDRINUSE":
      return new ConfigError(`port: ${port} on ${host} is already in use`, { cause });
    case "EACCES":
      return new ConfigError(`port: this user may not listen on ${port}`, { cause });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ConfigError(`host: ${host} is no address of this machine`, { cause });
    default:
      return cause;
  }
}
