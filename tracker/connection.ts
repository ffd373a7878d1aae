import type { RawData, WebSocket } from "ws";
import { Memberships, type Refused } from "./memberships.js";
import type { TrackerContext } from "./tracker-context.js";
import { VirtualSocket } from "./virtual-socket.js";
import type { InfoHash } from "./wire/bytes20.js";
import { type ClientMessage, encodeMessage, parseMessage } from "./wire/message.js";
import { encodeRefusal } from "./wire/refusal.js";
import type { Scrape } from "./wire/scrape.js";
import { WireError } from "./wire/wire-error.js";

/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

/**
 * One client's WebSocket. Stands between it and bittorrent-tracker's server, which trusts what it gets: only
 * messages that were parsed and allowed pass.
 */
export class Connection {
  readonly #socket: WebSocket;
  readonly #context: TrackerContext;
  readonly #memberships: Memberships;
  /** For messages that belong to no peer. Made with the first. */
  #visitor: VirtualSocket | undefined;
  #badFrames = 0;
  #heardSinceHeartbeat = true;

  /** @param onEnd called once, when the WebSocket has closed. */
  constructor(socket: WebSocket, context: TrackerContext, onEnd: () => void) {
    this.#socket = socket;
    this.#context = context;
    this.#memberships = new Memberships(context, (text) => this.#send(text));
    socket.on("message", (data, isBinary) => this.#onFrame(data, isBinary));
    socket.on("pong", () => {
      this.#heardSinceHeartbeat = true;
    });
    socket.on("error", (error) => this.#onSocketError(error));
    socket.once("close", () => {
      this.#memberships.leaveAll();
      onEnd();
    });
  }

  /** Leaves all swarms at once and says goodbye; the other side may take its time. */
  close(code: number, reason: string): void {
    this.#memberships.leaveAll();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Cuts a connection that was silent since the last heartbeat, and lets peers go that do not announce any more. */
  heartbeat(): void {
    if (!this.#heardSinceHeartbeat) {
      this.#context.metrics.refused("idle");
      this.terminate();
      return;
    }
    this.#heardSinceHeartbeat = false;
    if (this.#isOpen) this.#socket.ping();
    this.#memberships.expire();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    // Frames that were under way when the tracker closed the connection.
    if (!this.#isOpen) return;
    this.#heardSinceHeartbeat = true;
    try {
      if (isBinary) throw new WireError("binary", "message: expected a text frame, got a binary one");
      const maxOffers = this.#context.settings.maxOffersPerAnnounce;
      this.#serve(parseMessage(data.toString(), { maxOffers }));
    } catch (error) {
      if (error instanceof WireError) this.#onBadFrame(error);
      else this.#onFault(error);
    }
  }

  #serve(message: ClientMessage): void {
    switch (message.kind) {
      case "announce":
        this.#report(this.#memberships.announce(message), message.infoHash);
        break;
      case "answer":
        this.#report(this.#memberships.answer(message), message.infoHash);
        break;
      case "scrape":
        this.#scrape(message);
        break;
    }
  }

  #scrape(scrape: Scrape): void {
    if (this.#visitor === undefined) {
      this.#visitor = new VirtualSocket((text) => this.#send(text));
      this.#context.server.onWebSocketConnection(this.#visitor);
    }
    this.#visitor.deliver(encodeMessage(scrape));
  }

  #report(refused: Refused | undefined, infoHash: InfoHash | undefined): void {
    if (refused === undefined) return;
    const { reason, sentence } = refused;
    this.#context.metrics.refused(reason);
    this.#context.logger.debug({ reason }, sentence);
    if (sentence !== undefined) this.#send(encodeRefusal(sentence, infoHash));
  }

  #onBadFrame({ reason, message, infoHash }: WireError): void {
    this.#report({ reason, sentence: message }, infoHash);
    this.#badFrames += 1;
    if (this.#badFrames >= this.#context.settings.maxBadFrames) {
      this.close(POLICY_VIOLATION, "too many frames that are not tracker messages");
    }
  }

  /** A fault of the tracker ends this connection and must not end the others. */
  #onFault(error: unknown): void {
    this.#context.metrics.failed();
    this.#context.logger.error({ err: error }, "could not serve a message");
    this.close(INTERNAL_ERROR, "the tracker could not serve this message");
  }

  /** ws closes the connection itself. Only what the client did wrong is counted, not lost networks. */
  #onSocketError(error: Error & { code?: string }): void {
    if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") this.#context.metrics.refused("too_large");
    else if (error.code?.startsWith("WS_ERR_")) this.#context.metrics.refused("bad_framing");
  }

  #send(text: string): void {
    if (!this.#isOpen) return;
    if (this.#socket.bufferedAmount > this.#context.settings.maxUnsentBytes) {
      this.#context.metrics.refused("slow_reader");
      this.terminate();
      return;
    }
    this.#socket.send(text);
  }
}
