import { WebSocket } from "ws";
import { sessionDescription } from "../bench/tracker/session-description.js";

export interface AnnouncerOptions {
  readonly url: string;
  /** 20 characters each. */
  readonly infoHash: string;
  readonly peerId: string;
  readonly sdpBytes: number;
  /** An answer to an offer of ours has come, so long after the offer was sent. */
  readonly onAnswered: (latencyMs: number) => void;
  readonly onAnnounced: () => void;
  readonly onRefused: (reason: string) => void;
  readonly onLost: () => void;
}

/** Offers are unlikely to be answered after this. */
const FORGET_AFTER_MS = 60_000;

/** One viewer as a tracker sees it: announces with offers and answers those of others. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #socket: WebSocket;
  readonly #sentAtMs = new Map<string, number>();
  #offered = 0;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, { perMessageDeflate: false, handshakeTimeout: 10_000 });
    this.#socket.on("message", (data) => this.#read(String(data)));
    this.#socket.on("close", () => options.onLost());
    this.#socket.on("error", () => {});
  }

  /** @throws what the connection failed with. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once("open", resolve);
      this.#socket.once("error", reject);
    });
  }

  announce(offers: number, event?: "started"): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const nowMs = performance.now();
    this.#forgetOld(nowMs);
    const made = Array.from({ length: offers }, () => {
      const offerId = `${this.#options.peerId.slice(-10)}${String(this.#offered++).padStart(10, "0")}`;
      this.#sentAtMs.set(offerId, nowMs);
      return { offer_id: offerId, offer: { type: "offer", sdp: offerOf(this.#options.sdpBytes) } };
    });
    this.#send({
      numwant: offers,
      uploaded: 0,
      downloaded: 0,
      left: 1,
      offers: made,
      ...(event && { event }),
    });
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.close();
  }

  #read(text: string): void {
    let message: Record<string, unknown>;
    try {
      message = JSON.parse(text) as Record<string, unknown>;
    } catch {
      this.#options.onRefused("not JSON");
      return;
    }
    if (message["failure reason"] !== undefined) {
      this.#options.onRefused(String(message["failure reason"]));
    } else if (message.offer !== undefined) {
      const { peer_id, offer_id } = message;
      const answer = { type: "answer", sdp: offerOf(this.#options.sdpBytes) };
      this.#send({ to_peer_id: peer_id, offer_id, answer });
    } else if (message.answer !== undefined) {
      const sentAtMs = this.#sentAtMs.get(String(message.offer_id));
      this.#sentAtMs.delete(String(message.offer_id));
      if (sentAtMs !== undefined) this.#options.onAnswered(performance.now() - sentAtMs);
    } else if (message.interval !== undefined) {
      this.#options.onAnnounced();
    }
  }

  #send(fields: object): void {
    const { infoHash, peerId } = this.#options;
    this.#socket.send(
      JSON.stringify({ action: "announce", info_hash: infoHash, peer_id: peerId, ...fields }),
    );
  }

  #forgetOld(nowMs: number): void {
    for (const [id, sentAtMs] of this.#sentAtMs) {
      if (nowMs - sentAtMs < FORGET_AFTER_MS) return;
      this.#sentAtMs.delete(id);
    }
  }
}

const made = new Map<number, string>();

function offerOf(bytes: number): string {
  const known = made.get(bytes) ?? sessionDescription(bytes);
  made.set(bytes, known);
  return known;
}
