import type { Duplex } from "node:stream";
import type { RawData } from "ws";
import { takeToken } from "./admission/token-bucket.js";
import type { ClientSocket, SocketOwner } from "./client-socket.js";
import type { Refused } from "./introductions.js";
import { Memberships } from "./memberships.js";
import type { Outbox } from "./outboxes.js";
import type { Arrival } from "./swarm-server.js";
import { TextFrames } from "./text-frames.js";
import type { TrackerContext } from "./tracker-context.js";
import type { Visitor } from "./visitor.js";
import type { InfoHash } from "./wire/bytes20.js";
import { type ClientMessage, parseMessage } from "./wire/message.js";
import { encodeRefusal } from "./wire/replies.js";
import { textFrame } from "./wire/text-frame.js";
import { WireError } from "./wire/wire-error.js";

/** RFC 6455, section 7.4.1. */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;

/** One client's WebSocket: reads its messages, bounds what it may cost, and speaks to it. */
export class Connection implements Outbox, SocketOwner {
  readonly visitor: Visitor;
  readonly #socket: ClientSocket;
  readonly #duplex: Duplex;
  readonly #context: TrackerContext;
  readonly #memberships: Memberships;
  readonly #onEnd: (connection: Connection) => void;
  /** Frames that leave at the end of this turn of the event loop, as bytes. */
  #outgoing = "";
  #badFrames = 0;
  #heardSinceHeartbeat = true;
  #lastMessageMs: number;
  /** See {@link takeToken}. */
  #messagesFullAtMs = 0;

  /** @param onEnd called once, when the WebSocket has closed. */
  constructor(
    socket: ClientSocket,
    arrival: Arrival,
    context: TrackerContext,
    onEnd: (connection: Connection) => void,
  ) {
    this.visitor = arrival.visitor;
    this.#socket = socket;
    this.#duplex = arrival.duplex;
    this.#context = context;
    this.#memberships = new Memberships(context, arrival.visitor, this);
    this.#onEnd = onEnd;
    this.#lastMessageMs = context.now();
    socket.owner = this;
    new TextFrames(arrival.duplex, this, context.settings.maxMessageBytes).start();
  }

  get unsentBytes(): number {
    return this.#duplex.writableLength + this.#outgoing.length;
  }

  /** Leaves all swarms at once and says goodbye; the other side may take its time. */
  close(code: number, reason: string): void {
    this.#memberships.leaveAll();
    this.flush();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Nothing may follow after a closing frame. */
  flush(): void {
    const frames = this.#outgoing;
    this.#outgoing = "";
    // Without a detour through ws, which would copy them.
    if (frames !== "" && this.#isOpen) this.#duplex.write(frames, "latin1");
  }

  /** Cuts a connection that was silent since the last heartbeat, and lets peers go that do not announce any more. */
  heartbeat(): void {
    const { metrics, now, settings } = this.#context;
    this.#memberships.expire();
    const isIdle = this.#memberships.count === 0 && this.#lastMessageMs <= now() - settings.peerTtlMs;
    if (!this.#heardSinceHeartbeat || isIdle) {
      metrics.refused("idle");
      this.terminate();
      return;
    }
    this.#heardSinceHeartbeat = false;
    if (this.#isOpen) this.#socket.ping();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  onFrame(data: RawData, isBinary: boolean): void {
    // Frames that were under way when the tracker closed the connection.
    if (!this.#isOpen) return;
    this.#heardSinceHeartbeat = true;
    const nowMs = this.#context.now();
    this.#lastMessageMs = nowMs;
    try {
      const fullAtMs = takeToken(this.#context.rates.messages, this.#messagesFullAtMs, nowMs);
      if (fullAtMs === undefined) {
        throw new WireError("too_fast", "expected fewer messages a second, got too many");
      }
      this.#messagesFullAtMs = fullAtMs;
      if (isBinary) throw new WireError("binary", "message: expected a text frame, got a binary one");
      const maxOffers = this.#context.settings.maxOffersPerAnnounce;
      this.#serve(parseMessage(data as Buffer, { maxOffers }));
    } catch (error) {
      if (error instanceof WireError) this.#onBadFrame(error);
      else this.#onFault(error);
    }
  }

  onPong(): void {
    this.#heardSinceHeartbeat = true;
  }

  /** ws closes the connection itself. Only what the client did wrong is counted, not lost networks. */
  onError(error: Error & { code?: string }): void {
    if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") this.#context.metrics.refused("too_large");
    else if (error.code?.startsWith("WS_ERR_")) this.#context.metrics.refused("bad_framing");
  }

  onClose(): void {
    this.#memberships.leaveAll();
    this.#onEnd(this);
  }

  /** @param text as bytes, see wire/frame.ts. */
  send(text: string): void {
    if (!this.#isOpen) return;
    if (this.unsentBytes > this.#context.settings.maxUnsentBytes) {
      this.#context.metrics.refused("slow_reader");
      this.terminate();
      return;
    }
    if (this.#outgoing === "") this.#context.outboxes.filled(this);
    this.#outgoing += textFrame(text);
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
        this.#report(this.#memberships.scrape(message), undefined);
        break;
    }
  }

  #report(refused: Refused | undefined, infoHash: InfoHash | undefined): void {
    if (refused === undefined) return;
    const { reason, sentence } = refused;
    this.#context.metrics.refused(reason);
    this.#context.logger.debug({ reason }, sentence);
    if (sentence !== undefined) this.send(encodeRefusal(sentence, infoHash));
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
}
