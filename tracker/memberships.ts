import { TokenBucket } from "./admission/token-bucket.js";
import type { Refused } from "./introductions.js";
import { Member } from "./member.js";
import { type SwarmKey, swarmKey } from "./swarm-server.js";
import type { TrackerContext } from "./tracker-context.js";
import type { Visitor } from "./visitor.js";
import type { Announce } from "./wire/announce.js";
import type { Answer } from "./wire/answer.js";
import type { InfoHash } from "./wire/bytes20.js";
import { encodeScrapeReply } from "./wire/replies.js";
import type { Scrape } from "./wire/scrape.js";

const NOT_OWNER: Refused = {
  reason: "not_owner",
  sentence: "peer_id: expected one that this connection has in this swarm, got another",
};

const TOO_OFTEN: Refused = {
  reason: "too_many_announces",
  sentence: "expected announces at the interval that was told, got them far more often",
};

interface Membership {
  readonly key: SwarmKey;
  readonly member: Member;
  readonly announces: TokenBucket;
}

/**
 * The swarms that one connection is in, with one peer id in each. It speaks for these peers and no others:
 * whatever it says about another connection's peer is refused.
 */
export class Memberships {
  readonly #context: TrackerContext;
  readonly #visitor: Visitor;
  readonly #send: (text: string) => void;
  readonly #byInfoHash = new Map<InfoHash, Membership>();

  constructor(context: TrackerContext, visitor: Visitor, send: (text: string) => void) {
    this.#context = context;
    this.#visitor = visitor;
    this.#send = send;
  }

  get count(): number {
    return this.#byInfoHash.size;
  }

  announce(announce: Announce): Refused | undefined {
    const { introductions, metrics, now } = this.#context;
    const refused = this.#refuseAnnounce(announce);
    if (refused !== undefined) return refused;
    const known = this.#byInfoHash.get(announce.infoHash);
    const membership = known ?? this.#createMembership(announce);
    const { key, member } = membership;
    member.lastHeardMs = now();
    if (announce.event === "stopped") {
      this.#byInfoHash.delete(announce.infoHash);
      introductions.stop(key, member);
    } else {
      if (!membership.announces.take(now())) return TOO_OFTEN;
      const notServed = introductions.announce(key, member, announce);
      if (notServed !== undefined) return notServed;
      this.#byInfoHash.set(announce.infoHash, membership);
    }
    metrics.announced(announce.event);
    return undefined;
  }

  answer(answer: Answer): Refused | undefined {
    const membership = this.#byInfoHash.get(answer.infoHash);
    if (membership?.member.peerId !== answer.peerId) return NOT_OWNER;
    membership.member.lastHeardMs = this.#context.now();
    return this.#context.introductions.answer(membership.key, membership.member, answer);
  }

  /** Sizes of swarms tell who watches what: only members get to know them. */
  scrape({ infoHashes }: Scrape): Refused | undefined {
    const { server } = this.#context;
    const swarms = infoHashes.flatMap((infoHash) => {
      const membership = this.#byInfoHash.get(infoHash);
      if (membership === undefined) return [];
      // A swarm of another node is not counted here.
      const counts = server.swarm(membership.key)?.counts ?? { complete: 0, incomplete: 0 };
      return [[infoHash, counts]] as const;
    });
    if (swarms.length < infoHashes.length) {
      const sentence = "info_hash: expected swarms that this connection is in, got another";
      return { reason: "not_a_member", sentence };
    }
    this.#send(encodeScrapeReply(swarms));
    return undefined;
  }

  /** Lets peers go that have not announced or answered for longer than `peerTtlMs`. */
  expire(): void {
    const oldestMs = this.#context.now() - this.#context.settings.peerTtlMs;
    for (const [infoHash, { key, member }] of this.#byInfoHash) {
      if (member.lastHeardMs > oldestMs) continue;
      this.#context.metrics.refused("expired_peer");
      this.#byInfoHash.delete(infoHash);
      this.#context.introductions.leave(key, member);
    }
  }

  leaveAll(): void {
    for (const { key, member } of this.#byInfoHash.values()) this.#context.introductions.leave(key, member);
    this.#byInfoHash.clear();
  }

  #refuseAnnounce({ infoHash, peerId, event }: Announce): Refused | undefined {
    const { maxSwarmsPerSocket } = this.#context.settings;
    const membership = this.#byInfoHash.get(infoHash);
    if (membership?.member.peerId === peerId) return undefined;
    if (event === "stopped") return NOT_OWNER;
    if (membership !== undefined) {
      const sentence =
        "peer_id: expected the one that this connection already has in this swarm, got another";
      return { reason: "second_peer_id", sentence };
    }
    if (this.#byInfoHash.size >= maxSwarmsPerSocket) {
      const sentence = `info_hash: expected at most ${maxSwarmsPerSocket} swarms on one connection, got one more`;
      return { reason: "too_many_swarms", sentence };
    }
    return undefined;
  }

  #createMembership({ infoHash, peerId }: Announce): Membership {
    const { now, sessions, settings } = this.#context;
    sessions.note(this.#visitor.stream, peerId, this.#visitor.session);
    const member = new Member({
      infoHash,
      peerId,
      visitor: this.#visitor,
      nowMs: now(),
      send: this.#send,
      onReplaced: () => this.#byInfoHash.delete(infoHash),
    });
    const { announcesPerMinute, announceBurst } = settings;
    const announces = new TokenBucket({ perSecond: announcesPerMinute / 60, burst: announceBurst }, now());
    const bound = this.#context.bindStreams ? (this.#visitor.stream ?? "") : "";
    return { key: swarmKey(bound, infoHash), member, announces };
  }
}
