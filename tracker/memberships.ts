import { Membership } from "./membership.js";
import type { RefusalReason } from "./metrics.js";
import type { TrackerContext } from "./tracker-context.js";
import type { Announce } from "./wire/announce.js";
import type { Answer } from "./wire/answer.js";
import { type InfoHash, toHex } from "./wire/bytes20.js";
import { encodeMessage } from "./wire/message.js";

/** A well-formed message that may not be served. */
export interface Refused {
  readonly reason: RefusalReason;
  /** Absent where the client is not told. */
  readonly sentence?: string;
}

const NOT_OWNER: Refused = {
  reason: "not_owner",
  sentence: "peer_id: expected one that this connection has in this swarm, got another",
};

/**
 * The swarms that one connection is in, with one peer id in each. It speaks for these peers and no others:
 * whatever it says about another connection's peer is refused.
 */
export class Memberships {
  readonly #context: TrackerContext;
  readonly #send: (text: string) => void;
  readonly #byInfoHash = new Map<InfoHash, Membership>();

  constructor(context: TrackerContext, send: (text: string) => void) {
    this.#context = context;
    this.#send = send;
  }

  announce(announce: Announce): Refused | undefined {
    const refused = this.#refuseAnnounce(announce);
    if (refused !== undefined) return refused;
    const membership = this.#byInfoHash.get(announce.infoHash) ?? this.#join(announce);
    if (announce.event === "stopped") this.#byInfoHash.delete(announce.infoHash);
    membership.lastHeardMs = this.#context.now();
    membership.deliver(encodeMessage(announce));
    this.#context.metrics.announced(announce.event);
    return undefined;
  }

  answer(answer: Answer): Refused | undefined {
    const { server, metrics, now } = this.#context;
    const membership = this.#byInfoHash.get(answer.infoHash);
    if (membership?.ownedPeerId !== answer.peerId) return NOT_OWNER;
    const isExpected = membership.outstandingOffers.take(toHex(answer.toPeerId), answer.offerId);
    if (!isExpected || server.holderOf(answer.infoHash, answer.toPeerId) === undefined) {
      // That a viewer leaves after its offer is everyday life, not worth a warning in the other's console.
      return { reason: "unexpected_answer" };
    }
    membership.lastHeardMs = now();
    membership.deliver(encodeMessage(answer));
    metrics.answerRelayed();
    return undefined;
  }

  /** Lets peers go that have not announced or answered for longer than `peerTtlMs`. */
  expire(): void {
    const oldestMs = this.#context.now() - this.#context.settings.peerTtlMs;
    for (const [infoHash, membership] of this.#byInfoHash) {
      if (membership.lastHeardMs > oldestMs) continue;
      this.#context.metrics.refused("expired_peer");
      this.#byInfoHash.delete(infoHash);
      membership.end();
    }
  }

  leaveAll(): void {
    for (const membership of this.#byInfoHash.values()) membership.end();
    this.#byInfoHash.clear();
  }

  #refuseAnnounce({ infoHash, peerId, event }: Announce): Refused | undefined {
    const { server, settings } = this.#context;
    const membership = this.#byInfoHash.get(infoHash);
    if (membership?.ownedPeerId === peerId) return undefined;
    if (event === "stopped") return NOT_OWNER;
    if (membership !== undefined) {
      const sentence =
        "peer_id: expected the one that this connection already has in this swarm, got another";
      return { reason: "second_peer_id", sentence };
    }
    if (this.#byInfoHash.size >= settings.maxSwarmsPerSocket) {
      const sentence = `info_hash: expected at most ${settings.maxSwarmsPerSocket} swarms on one connection, got one more`;
      return { reason: "too_many_swarms", sentence };
    }
    if (server.holderOf(infoHash, peerId) !== undefined) {
      const sentence = "peer_id: expected one of your own, got one that another connection holds";
      return { reason: "peer_id_taken", sentence };
    }
    return undefined;
  }

  #join({ infoHash, peerId }: Announce): Membership {
    const { server, now } = this.#context;
    const membership = new Membership({ peerId, nowMs: now(), send: this.#send });
    server.onWebSocketConnection(membership);
    this.#byInfoHash.set(infoHash, membership);
    return membership;
  }
}
