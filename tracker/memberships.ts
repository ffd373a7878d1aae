import { takeToken } from "./admission/token-bucket.js";
import type { Refused } from "./introductions.js";
import { LocalMember, type MemberHolder } from "./local-member.js";
import { swarmKey } from "./swarm-server.js";
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

const NONE: readonly LocalMember[] = [];

/**
 * The swarms that one connection is in, with one peer id in each. It speaks for these peers and no others:
 * whatever it says about another connection's peer is refused.
 */
export class Memberships implements MemberHolder {
  readonly #context: TrackerContext;
  readonly #visitor: Visitor;
  readonly #client: { send(text: string): void };
  /** One or two for most clients, and never many: a map would take more memory than it saves time. */
  #members: readonly LocalMember[] = NONE;

  /** @param client is sent what members are sent. */
  constructor(context: TrackerContext, visitor: Visitor, client: { send(text: string): void }) {
    this.#context = context;
    this.#visitor = visitor;
    this.#client = client;
  }

  get count(): number {
    return this.#members.length;
  }

  send(text: string): void {
    this.#client.send(text);
  }

  replaced(member: LocalMember): void {
    this.#remove(member);
  }

  announce(announce: Announce): Refused | undefined {
    const { introductions, metrics, now, rates } = this.#context;
    const refused = this.#refuseAnnounce(announce);
    if (refused !== undefined) return refused;
    const nowMs = now();
    const member = this.#memberIn(announce.infoHash) ?? this.#createMember(announce);
    member.lastHeardMs = nowMs;
    if (announce.event === "stopped") {
      this.#remove(member);
      introductions.stop(member.key, member);
    } else {
      const fullAtMs = takeToken(rates.announces, member.announcesFullAtMs, nowMs);
      if (fullAtMs === undefined) return TOO_OFTEN;
      member.announcesFullAtMs = fullAtMs;
      const notServed = introductions.announce(member.key, member, announce);
      if (notServed !== undefined) return notServed;
      if (!this.#members.includes(member)) this.#members = [...this.#members, member];
    }
    metrics.announced(announce.event);
    return undefined;
  }

  answer(answer: Answer): Refused | undefined {
    const member = this.#memberIn(answer.infoHash);
    if (member?.peerId !== answer.peerId) return NOT_OWNER;
    member.lastHeardMs = this.#context.now();
    return this.#context.introductions.answer(member.key, member, answer);
  }

  /** Sizes of swarms tell who watches what: only members get to know them. */
  scrape({ infoHashes }: Scrape): Refused | undefined {
    const { server } = this.#context;
    const swarms = infoHashes.flatMap((infoHash) => {
      const member = this.#memberIn(infoHash);
      if (member === undefined) return [];
      // A swarm of another node is not counted here.
      const counts = server.swarm(member.key)?.counts ?? { complete: 0, incomplete: 0 };
      return [[infoHash, counts]] as const;
    });
    if (swarms.length < infoHashes.length) {
      const sentence = "info_hash: expected swarms that this connection is in, got another";
      return { reason: "not_a_member", sentence };
    }
    this.send(encodeScrapeReply(swarms));
    return undefined;
  }

  /** Lets peers go that have not announced or answered for longer than `peerTtlMs`. */
  expire(): void {
    const oldestMs = this.#context.now() - this.#context.settings.peerTtlMs;
    for (const member of this.#members) {
      if (member.lastHeardMs > oldestMs) continue;
      this.#context.metrics.refused("expired_peer");
      this.#remove(member);
      this.#context.introductions.leave(member.key, member);
    }
  }

  leaveAll(): void {
    for (const member of this.#members) this.#context.introductions.leave(member.key, member);
    this.#members = NONE;
  }

  #refuseAnnounce({ infoHash, peerId, event }: Announce): Refused | undefined {
    const { maxSwarmsPerSocket } = this.#context.settings;
    const member = this.#memberIn(infoHash);
    if (member?.peerId === peerId) return undefined;
    if (event === "stopped") return NOT_OWNER;
    if (member !== undefined) {
      const sentence =
        "peer_id: expected the one that this connection already has in this swarm, got another";
      return { reason: "second_peer_id", sentence };
    }
    if (this.#members.length >= maxSwarmsPerSocket) {
      const sentence = `info_hash: expected at most ${maxSwarmsPerSocket} swarms on one connection, got one more`;
      return { reason: "too_many_swarms", sentence };
    }
    return undefined;
  }

  #memberIn(infoHash: InfoHash): LocalMember | undefined {
    for (const member of this.#members) if (member.infoHash === infoHash) return member;
    return undefined;
  }

  #remove(member: LocalMember): void {
    this.#members = this.#members.filter((other) => other !== member);
  }

  #createMember({ infoHash, peerId }: Announce): LocalMember {
    const { bindStreams, now, server, sessions } = this.#context;
    sessions.note(this.#visitor.stream, peerId, this.#visitor.session);
    const key = swarmKey(bindStreams ? (this.#visitor.stream ?? "") : "", infoHash);
    // Members of a swarm share its names, so that they are in memory once.
    const [other] = server.swarm(key)?.members ?? [];
    return new LocalMember({
      key: other?.key ?? key,
      infoHash: other?.infoHash ?? infoHash,
      peerId,
      visitor: this.#visitor,
      nowMs: now(),
      holder: this,
    });
  }
}
