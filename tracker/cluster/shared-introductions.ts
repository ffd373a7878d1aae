import {
  type IntroductionDesk,
  type Introductions,
  passOffer,
  type Refused,
  refuseOffers,
  refuseTakeover,
} from "../introductions.js";
import { LocalMember } from "../local-member.js";
import type { Peer } from "../peer.js";
import type { SwarmKey } from "../swarm-server.js";
import type { Announce } from "../wire/announce.js";
import type { Answer } from "../wire/answer.js";
import type { PeerId } from "../wire/bytes20.js";
import { encodeRefusal } from "../wire/replies.js";
import { AwayMembers } from "./away-members.js";
import type { Cluster } from "./cluster.js";
import type { Envelope, ParcelOf, SwarmParcel } from "./envelope.js";
import { Guests, type GuestsOptions } from "./guests.js";
import { RemotePeer } from "./remote-peer.js";

/**
 * Introductions among peers whose sockets are at several nodes. Each swarm belongs to one node, its home, which only
 * chooses who meets whom. Offers stay at the node that has the offering peer's socket until they are chosen for, and
 * then go straight to the node that has the other's, as answers go straight back. Where most of those that a home chooses
 * have their sockets there, offers go to it with the announce, which saves two messages.
 */
export class SharedIntroductions implements IntroductionDesk {
  readonly #local: Introductions;
  readonly #cluster: Cluster;
  readonly #now: () => number;
  readonly #away: AwayMembers;
  readonly #guests: Guests;
  readonly #metrics: GuestsOptions["metrics"];

  constructor(options: GuestsOptions & { readonly cluster: Cluster }) {
    this.#local = options.local;
    this.#cluster = options.cluster;
    this.#now = options.now;
    this.#metrics = options.metrics;
    this.#away = new AwayMembers(options);
    this.#guests = new Guests(options);
  }

  announce(key: SwarmKey, member: LocalMember, announce: Announce): Refused | undefined {
    const home = this.#cluster.homeOf(member.visitor, key);
    if (home === undefined || this.#local.isOff(member)) {
      this.#away.recall(member);
      return this.#local.announce(key, member, announce);
    }
    // Other connections of this node that hold its peer id are known here, those of other nodes to the home.
    const holder = this.#away.memberOf(key, member.peerId);
    const refused = refuseOffers(announce) ?? refuseTakeover(holder, member);
    if (refused !== undefined) return refused;
    if (holder !== undefined && holder !== member) {
      this.#away.remove(holder);
      holder.replaced();
    }
    this.#local.leave(key, member);
    this.#away.announce(home, member, announce);
    return undefined;
  }

  answer(key: SwarmKey, member: LocalMember, answer: Answer): Refused | undefined {
    return this.#local.passAnswer(member, answer, ({ node }) => this.#peerAt(node, key, answer.toPeerId));
  }

  leave(key: SwarmKey, member: LocalMember): void {
    this.#away.recall(member);
    this.#local.leave(key, member);
  }

  stop(key: SwarmKey, member: LocalMember): void {
    this.#away.recall(member);
    this.#local.stop(key, member);
  }

  receive({ from, parcels }: Envelope): void {
    for (const parcel of parcels) if (parcel.kind !== "viewer") this.#receive(from, parcel);
  }

  /** Lets go of what is not heard of any more. */
  expire(): void {
    this.#guests.expire();
    this.#away.expire();
  }

  /** Peers of nodes that are gone leave; those of ours that were in their swarms go where these are now. */
  onGone(nodes: readonly string[]): void {
    this.#guests.onGone(nodes);
    for (const member of this.#away.onGone(nodes)) {
      this.#away.remove(member);
      const { key, infoHash, peerId } = member;
      this.announce(key, member, { kind: "announce", infoHash, peerId, event: "update", offers: [] });
    }
  }

  #receive(from: string, parcel: SwarmParcel): void {
    const { key, peerId } = parcel;
    switch (parcel.kind) {
      case "announce":
        this.#guests.welcome(from, parcel);
        break;
      case "leave":
        this.#guests.leave(from, key, peerId);
        break;
      case "picks":
        this.#passOffers(from, parcel);
        break;
      case "refused": {
        const member = this.#away.memberOf(key, peerId);
        member?.send(encodeRefusal(parcel.sentence, member.infoHash));
        break;
      }
      case "replaced": {
        const member = this.#away.memberOf(key, peerId);
        if (member === undefined) break;
        this.#away.remove(member);
        member.replaced();
        break;
      }
      case "offer":
        this.#memberHere(key, peerId)?.offer({ ...parcel, node: from }, this.#now());
        break;
      case "answer": {
        const member = this.#memberHere(key, peerId);
        if (member === undefined) this.#metrics.refused("unexpected_answer");
        else this.#local.deliverAnswer(member, parcel);
        break;
      }
    }
  }

  /** The home of a member's swarm has said whom its offers are for. */
  #passOffers(home: string, parcel: ParcelOf<"picks">): void {
    const { key, peerId, counts, picks } = parcel;
    const member = this.#away.memberOf(key, peerId);
    if (member === undefined) return;
    this.#local.reply(member, counts);
    const offers = this.#away.takeOffers(home, member, parcel);
    const nowMs = this.#now();
    for (const [index, { peerId: other, reach, node = home }] of picks.entries()) {
      const offer = offers[index];
      const to = offer && this.#peerAt(node, key, other);
      if (offer !== undefined && to !== undefined) passOffer(member, offer, { to, reach, nowMs });
    }
  }

  /** @param node that it was at. A viewer that has changed nodes in the meantime is found where its swarm is at home. */
  #peerAt(node: string | undefined, key: SwarmKey, peerId: PeerId): Peer | undefined {
    if (node === undefined || node === this.#cluster.id)
      return this.#away.memberOf(key, peerId) ?? this.#local.memberOf(key, peerId);
    return new RemotePeer(this.#cluster, node, { key, peerId });
  }

  /** One whose socket is here, wherever its swarm is. */
  #memberHere(key: SwarmKey, peerId: PeerId): LocalMember | undefined {
    const member = this.#away.memberOf(key, peerId) ?? this.#local.memberOf(key, peerId);
    return member instanceof LocalMember ? member : undefined;
  }
}
