import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { ANNOUNCE_PATH } from "./app.js";
import type { RefusalReason } from "./metrics.js";

/** Why no WebSocket may be opened now. */
export interface Refusal {
  readonly status: 404 | 503;
  readonly sentence: string;
  readonly reason?: RefusalReason;
}

/** Turns HTTP upgrade requests for the announce path into WebSockets and refuses all others with a sentence. */
export class Upgrades {
  readonly #webSockets: WebSocketServer;
  readonly #admit: () => Refusal | undefined;
  readonly #onRefused: (reason: RefusalReason) => void;
  readonly #onWebSocket: (socket: WebSocket) => void;

  constructor(options: {
    readonly maxMessageBytes: number;
    /** Asked for each WebSocket before it opens. */
    readonly admit: () => Refusal | undefined;
    readonly onRefused: (reason: RefusalReason) => void;
    readonly onWebSocket: (socket: WebSocket) => void;
  }) {
    this.#webSockets = new WebSocketServer({
      noServer: true,
      // Whoever opens a socket keeps it; a second list would only cost memory.
      clientTracking: false,
      // Messages are few and short; compression costs 300 kB of memory for each socket.
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
    });
    this.#admit = options.admit;
    this.#onRefused = options.onRefused;
    this.#onWebSocket = options.onWebSocket;
  }

  /** Listener for the HTTP server's `upgrade` event. */
  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const [path] = (request.url ?? "").split("?", 1);
    const refusal: Refusal | undefined =
      path === ANNOUNCE_PATH
        ? this.#admit()
        : { status: 404, sentence: `No WebSocket here: announce at ${ANNOUNCE_PATH}.`, reason: "wrong_path" };
    if (refusal === undefined) {
      this.#webSockets.handleUpgrade(request, socket, head, this.#onWebSocket);
      return;
    }
    if (refusal.reason !== undefined) this.#onRefused(refusal.reason);
    refuse(socket, refusal);
  };
}

function refuse(socket: Duplex, { status, sentence }: Refusal): void {
  const body = `${sentence}\n`;
  // The client may be gone already; there is nothing left to tell it.
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}
