import { capabilityOf } from "../player/protocol/index.js";
import type { LocalMember } from "./local-member.js";
import type { Member } from "./member.js";
import type { RefusalReason } from "./metrics/catalogue.js";
import { tierBetween } from "./nearness/place.js";
import type { OutstandingOffer } from "./outstanding-offers.js";
import type { Peer, RelayedAnswer } from "./peer.js";
import type { Rules } from "./rules.js";
import { misuseOf } from "./sdp/check.js";
import { type Reach, restrict } from "./sdp/restrict.js";
import type { Swarm } from "./swarm.js";
import type { SwarmKey } from "./swarm-server.js";
import type { TrackerContext } from "./tracker-context.js";
import { reachBetween } from "./visitor.js";
import { type Announce, isComplete, type Offer } from "./wire/announce.js";
import type { Answer } from "./wire/answer.js";
import type { PeerId } from "./wire/bytes20.js";
import { encodeAnnounceReply, type SwarmCounts } from "./wire/replies.js";

/** A well-formed message that may not be served. */
export interface Refused {
  readonly reason: RefusalReason;
  /** Absent where the client is not told. */
  readonly sentence?: string;
}

/** What introductions need of the tracker. */
export type IntroductionsContext = Pick<TrackerContext, "settings" | "server" | "metrics" | "now"> & {
  readonly rules: () => Rules;
};

/** Where connections take what their peers say. */
export interface IntroductionDesk {
  /** Takes a member into its swarm and passes its offers on. */
  announce(key: SwarmKey, member: LocalMember, announce: Announce): Refused | undefined;
  /** Passes an answer to whoever made the offer. */
  answer(key: SwarmKey, member: LocalMember, answer: Answer): Refused | undefined;
  /** Leaving twice is leaving once. */
  leave(key: SwarmKey, member: LocalMember): void;
  /** Tells a member that leaves what it leaves behind. */
  stop(key: SwarmKey, member: LocalMember): void;
}

/** What a member wants of its swarm. */
export interface Wish {
  readonly isComplete: boolean;
  /** Others that it has offers for. */
  readonly offers: number;
}

/** What a member finds in its swarm. */
export interface Found {
  readonly counts: SwarmCounts;
  /** Whom its offers go to, in their order. */
  readonly others: readonly Member[];
}

const NOBODY: SwarmCounts = { complete: 0, incomplete: 0 };

/** Brings the members of a swarm together: whose offers go to whom, and that nothing else does. */
export class Introductions implements IntroductionDesk {
  readonly #context: IntroductionsContext;

  constructor(context: IntroductionsContext) {
    this.#context = context;
  }

  announce(key: SwarmKey, member: LocalMember, announce: Announce): Refused | undefined {
    const refused = refuseOffers(announce);
    if (refused !== undefined) return refused;
    const { offers } = announce;
    const found = this.enter(key, member, { isComplete: isComplete(announce), offers: offers.length });
    if ("reason" in found) return found;
    this.reply(member, found.counts);
    const nowMs = this.#context.now();
    for (const [index, other] of found.others.entries()) {
      const offer = offers[index];
      if (offer === undefined) break;
      passOffer(member, offer, {
        to: other,
        reach: reachBetween(member.visitor.place, other.visitor.place),
        nowMs,
      });
    }
    return undefined;
  }

  /** Takes a member into its swarm, wherever its socket is, and decides whom its offers go to. */
  enter(key: SwarmKey, member: Member, { isComplete, offers }: Wish): Found | Refused {
    const { server, metrics } = this.#context;
    const holder = this.memberOf(key, member.peerId);
    const refused = refuseTakeover(holder, member);
    if (refused !== undefined) return refused;
    if (holder !== undefined && holder !== member) {
      this.leave(key, holder);
      holder.replaced();
    }
    if (this.isOff(member)) {
      this.leave(key, member);
      return { counts: server.swarm(key)?.counts ?? NOBODY, others: [] };
    }
    const swarm = server.enter(key);
    swarm.enter(member, isComplete);
    const others = offers > 0 ? this.#choose(swarm, member, offers) : [];
    metrics.offersLeftOver += offers - others.length;
    return { counts: swarm.counts, others };
  }

  answer(key: SwarmKey, member: LocalMember, answer: Answer): Refused | undefined {
    return this.passAnswer(member, answer, () => this.memberOf(key, answer.toPeerId));
  }

  /**
   * Passes an answer on, if it is one to an offer that the member has got and not answered yet.
   *
   * @param find who made the offer.
   */
  passAnswer(
    member: LocalMember,
    { toPeerId, offerId, sdp }: Answer,
    find: (offer: OutstandingOffer) => Peer | undefined,
  ): Refused | undefined {
    const offer = member.outstandingOffers.take(toPeerId, offerId, this.#context.now());
    const other = offer && find(offer);
    // That a viewer leaves after its offer is everyday life, not worth a warning in the other's console.
    if (offer === undefined || other === undefined) return { reason: "unexpected_answer" };
    const misuse = misuseOf(sdp);
    if (misuse !== undefined) return badSdp("answer.sdp", misuse);
    this.deliverAnswer(other, { from: member.peerId, offerId, sdp: restrict(sdp, offer.reach) });
    return undefined;
  }

  /** Answers count where they are written to the socket. */
  deliverAnswer(other: Peer, answer: RelayedAnswer): void {
    other.answer(answer);
    if (other.node === undefined) this.#context.metrics.answersRelayed += 1;
  }

  leave(key: SwarmKey, member: Member): void {
    this.#context.server.swarm(key)?.leave(member);
    this.#context.server.tidy(key);
  }

  /** Whether it is introduced to nobody now. */
  isOff({ visitor, peerId }: Member): boolean {
    return this.#context.rules().standingOf(visitor, peerId) === "off";
  }

  stop(key: SwarmKey, member: LocalMember): void {
    this.leave(key, member);
    this.reply(member, this.#context.server.swarm(key)?.counts ?? NOBODY);
  }

  memberOf(key: SwarmKey, peerId: PeerId): Member | undefined {
    return this.#context.server.swarm(key)?.holderOf(peerId);
  }

  reply(member: LocalMember, counts: SwarmCounts): void {
    const intervalS = Math.ceil(this.#context.settings.announceIntervalMs / 1000);
    member.send(encodeAnnounceReply(member.infoHash, intervalS, counts));
  }

  #choose(swarm: Swarm, member: Member, count: number): Member[] {
    const { metrics, now } = this.#context;
    const nowMs = now();
    const chosen = swarm.introduce(member, count, (other) => this.#mayMeet(member, other, nowMs));
    for (const other of chosen) {
      const [from, to] = [member.visitor, other.visitor];
      to.record.exposure.show(from.number);
      from.record.exposure.show(to.number);
      metrics.introduced(tierBetween(from.place, to.place));
    }
    return chosen;
  }

  #mayMeet(member: Member, other: Member, nowMs: number): boolean {
    const rules = this.#context.rules();
    const [from, to] = [member.visitor, other.visitor];
    if (!from.record.exposure.allows(to.number, nowMs) || !to.record.exposure.allows(from.number, nowMs))
      return false;
    const standing = rules.standingOf(to, other.peerId);
    if (standing === "off") return false;
    // Neither of two that do not upload has anything for the other.
    return !(doesNotUpload(other, standing) && doesNotUpload(member, rules.standingOf(from, member.peerId)));
  }
}

function doesNotUpload(member: Member, standing: "p2p" | "leech" | "off"): boolean {
  return standing === "leech" || capabilityOf(member.peerId) === "leech";
}

/** Takes a member's offer to another peer, which may answer it then. */
export function passOffer(
  { peerId }: Member,
  { offerId, sdp }: Offer,
  {
    to,
    reach,
    nowMs,
    node,
  }: {
    readonly to: Peer;
    readonly reach: Reach;
    readonly nowMs: number;
    /** The tracker that has the member's socket; absent where that is this one. */
    readonly node?: string;
  },
): void {
  to.offer({ from: peerId, offerId, sdp: restrict(sdp, reach), reach, node }, nowMs);
}

/** Another connection may hold a peer id: only one of the same viewer gives way. */
export function refuseTakeover(holder: Member | undefined, member: Member): Refused | undefined {
  if (holder === undefined || holder === member) return undefined;
  const { session } = member.visitor;
  if (session !== undefined && session === holder.visitor.session) return undefined;
  const sentence = "peer_id: expected one of your own, got one that another connection holds";
  return { reason: "peer_id_taken", sentence };
}

/** Offers must be for data channels, or none is passed on. */
export function refuseOffers({ offers }: Announce): Refused | undefined {
  for (const [index, { sdp }] of offers.entries()) {
    const misuse = misuseOf(sdp);
    if (misuse !== undefined) return badSdp(`offers[${index}].offer.sdp`, misuse);
  }
  return undefined;
}

function badSdp(where: string, misuse: string): Refused {
  return {
    reason: "bad_sdp",
    sentence: `${where}: expected one data channel and nothing else, got ${misuse}`,
  };
}
