import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type Server, WebSocketServer } from "ws";
import { AdmissionError } from "./admission/admission.js";
import { ANNOUNCE_PATH } from "./app.js";
import { ClientSocket } from "./client-socket.js";
import type { RefusalReason } from "./metrics/catalogue.js";

/** Requests whose tokens are being checked at one time; more are refused. */
const MAX_PENDING = 1000;

export interface UpgradeOptions<Guest> {
  readonly maxMessageBytes: number;
  /**
   * Asked for each WebSocket before it opens, with the query of its URL.
   *
   * @throws {AdmissionError}
   */
  readonly admit: (request: IncomingMessage, query: URLSearchParams) => Promise<Guest>;
  readonly onRefused: (reason: RefusalReason) => void;
  /** @param duplex carries the WebSocket's frames. */
  readonly onWebSocket: (socket: ClientSocket, duplex: Duplex, guest: Guest) => void;
  /** Whoever was admitted has gone before the WebSocket was open. */
  readonly onLost: (guest: Guest) => void;
  /** A fault of our own. */
  readonly onFault: (error: unknown) => void;
}

/** Turns HTTP upgrade requests for the announce path into WebSockets and refuses all others with a sentence. */
export class Upgrades<Guest> {
  readonly #webSockets: Server<typeof ClientSocket>;
  readonly #options: UpgradeOptions<Guest>;
  #pending = 0;

  constructor(options: UpgradeOptions<Guest>) {
    this.#webSockets = new WebSocketServer({
      noServer: true,
      WebSocket: ClientSocket,
      // Whoever opens a socket keeps it; a second list would only cost memory.
      clientTracking: false,
      // Messages are few and short; compression costs 300 kB of memory for each socket.
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
    });
    this.#options = options;
  }

  /** Listener for the HTTP server's `upgrade` event. */
  readonly handle = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    const ignore = () => duplex.destroy();
    duplex.on("error", ignore);
    this.#pending += 1;
    this.#admit(request)
      .then((guest) => {
        if (duplex.destroyed || duplex.readableEnded) {
          duplex.destroy();
          this.#options.onLost(guest);
          return;
        }
        this.#open(request, duplex, head, guest);
        duplex.off("error", ignore);
      })
      .catch((error) => this.#refuse(duplex, error))
      .finally(() => {
        this.#pending -= 1;
      });
  };

  #open(request: IncomingMessage, duplex: Duplex, head: Buffer, guest: Guest): void {
    let isOpen = false;
    this.#webSockets.handleUpgrade(request, duplex, head, (socket) => {
      isOpen = true;
      this.#options.onWebSocket(socket, duplex, guest);
    });
    // ws has answered requests that are no proper handshakes itself.
    if (!isOpen) this.#options.onLost(guest);
  }

  async #admit(request: IncomingMessage): Promise<Guest> {
    const [path, query] = (request.url ?? "").split("?", 2);
    if (path !== ANNOUNCE_PATH) {
      throw new AdmissionError(404, "wrong_path", `No WebSocket here: announce at ${ANNOUNCE_PATH}.`);
    }
    if (this.#pending > MAX_PENDING) {
      throw new AdmissionError(503, "too_many_sockets", "The tracker is busy: try again later.");
    }
    return await this.#options.admit(request, new URLSearchParams(query));
  }

  #refuse(duplex: Duplex, error: unknown): void {
    if (!(error instanceof AdmissionError)) {
      this.#options.onFault(error);
      duplex.destroy();
      return;
    }
    if (error.reason !== undefined) this.#options.onRefused(error.reason);
    answer(duplex, error.status, error.message);
  }
}

function answer(duplex: Duplex, status: number, sentence: string): void {
  const body = `${sentence}\n`;
  duplex.once("finish", () => duplex.destroy());
  duplex.end(
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
