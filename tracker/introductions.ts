import { capabilityOf } from "../player/protocol/index.js";
import type { Member } from "./member.js";
import type { RefusalReason } from "./metrics/catalogue.js";
import { tierBetween } from "./nearness/place.js";
import type { Rules } from "./rules.js";
import { misuseOf } from "./sdp/check.js";
import { restrict } from "./sdp/restrict.js";
import type { Swarm } from "./swarm.js";
import type { SwarmKey } from "./swarm-server.js";
import type { TrackerContext } from "./tracker-context.js";
import { reachBetween } from "./visitor.js";
import type { Announce } from "./wire/announce.js";
import type { Answer } from "./wire/answer.js";
import { encodeAnnounceReply, encodeAnswer, encodeOffer } from "./wire/replies.js";

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
  announce(key: SwarmKey, member: Member, announce: Announce): Refused | undefined;
  /** Passes an answer to whoever made the offer. */
  answer(key: SwarmKey, member: Member, answer: Answer): Refused | undefined;
  /** Leaving twice is leaving once. */
  leave(key: SwarmKey, member: Member): void;
  /** Tells a member that leaves what it leaves behind. */
  stop(key: SwarmKey, member: Member): void;
}

/** Brings the members of a swarm together: whose offers go to whom, and that nothing else does. */
export class Introductions implements IntroductionDesk {
  readonly #context: IntroductionsContext;

  constructor(context: IntroductionsContext) {
    this.#context = context;
  }

  announce(key: SwarmKey, member: Member, announce: Announce): Refused | undefined {
    const { server } = this.#context;
    const refused = refuseOffers(announce) ?? this.#refuseHolder(key, member);
    if (refused !== undefined) return refused;
    if (this.isOff(member)) {
      this.leave(key, member);
      this.#reply(member, server.swarm(key));
      return undefined;
    }
    const swarm = server.enter(key);
    swarm.enter(member, announce.left === 0 || announce.event === "completed");
    this.#reply(member, swarm);
    if (announce.offers.length > 0) this.#passOn(swarm, member, announce);
    return undefined;
  }

  answer(key: SwarmKey, member: Member, { toPeerId, offerId, sdp }: Answer): Refused | undefined {
    const { server, metrics, now } = this.#context;
    const isExpected = member.outstandingOffers.take(toPeerId, offerId, now());
    const other = server.swarm(key)?.holderOf(toPeerId);
    // That a viewer leaves after its offer is everyday life, not worth a warning in the other's console.
    if (!isExpected || other === undefined) return { reason: "unexpected_answer" };
    const misuse = misuseOf(sdp);
    if (misuse !== undefined) return badSdp("answer.sdp", misuse);
    const reach = reachBetween(member.visitor.place, other.visitor.place);
    other.send(encodeAnswer(member.infoHash, member.peerId, offerId, restrict(sdp, reach)));
    metrics.answersRelayed += 1;
    return undefined;
  }

  leave(key: SwarmKey, member: Member): void {
    this.#context.server.swarm(key)?.leave(member);
    this.#context.server.tidy(key);
  }

  /** Whether it is introduced to nobody now. */
  isOff({ visitor, peerId }: Member): boolean {
    return this.#context.rules().standingOf(visitor, peerId) === "off";
  }

  stop(key: SwarmKey, member: Member): void {
    this.leave(key, member);
    this.#reply(member, this.#context.server.swarm(key));
  }

  #reply(member: Member, swarm: Swarm | undefined): void {
    const intervalS = Math.ceil(this.#context.settings.announceIntervalMs / 1000);
    const counts = swarm?.counts ?? { complete: 0, incomplete: 0 };
    member.send(encodeAnnounceReply(member.infoHash, intervalS, counts));
  }

  #passOn(swarm: Swarm, member: Member, { offers }: Announce): void {
    const { metrics, now } = this.#context;
    const nowMs = now();
    const chosen = swarm.introduce(member, offers.length, (other) => this.#mayMeet(member, other, nowMs));
    metrics.offersLeftOver += offers.length - chosen.length;
    for (const [index, other] of chosen.entries()) {
      const offer = offers[index];
      if (offer === undefined) return;
      const [from, to] = [member.visitor, other.visitor];
      to.record.exposure.show(from.number);
      from.record.exposure.show(to.number);
      other.outstandingOffers.add(member.peerId, offer.offerId, nowMs);
      const sdp = restrict(offer.sdp, reachBetween(from.place, to.place));
      other.send(encodeOffer(member.infoHash, member.peerId, offer.offerId, sdp));
      metrics.introduced(tierBetween(from.place, to.place));
    }
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

  /** Another connection may hold the peer id: only one of the same viewer gives way. */
  #refuseHolder(key: SwarmKey, member: Member): Refused | undefined {
    const holder = this.#context.server.swarm(key)?.holderOf(member.peerId);
    if (holder === undefined || holder === member) return undefined;
    const { session } = member.visitor;
    if (session === undefined || session !== holder.visitor.session) {
      const sentence = "peer_id: expected one of your own, got one that another connection holds";
      return { reason: "peer_id_taken", sentence };
    }
    this.leave(key, holder);
    holder.replaced();
    return undefined;
  }
}

function doesNotUpload(member: Member, standing: "p2p" | "leech" | "off"): boolean {
  return standing === "leech" || capabilityOf(member.peerId) === "leech";
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
