import type { AddressBook } from "../admission/address-book.js";
import { type IntroductionDesk, type Introductions, type Refused, refuseOffers } from "../introductions.js";
import { Member, type MemberHolder } from "../member.js";
import type { Metrics } from "../metrics/metrics.js";
import { misuseOf } from "../sdp/check.js";
import type { SwarmKey } from "../swarm-server.js";
import type { Visitor } from "../visitor.js";
import type { Announce } from "../wire/announce.js";
import type { Answer } from "../wire/answer.js";
import type { PeerId } from "../wire/bytes20.js";
import { encodeRefusal } from "../wire/replies.js";
import { type Cluster, visitorNumber } from "./cluster.js";
import type { Envelope, RemoteVisitor, SwarmParcel } from "./envelope.js";

/** A member whose socket is here, of a swarm that belongs to another node. */
interface Away {
  readonly key: SwarmKey;
  readonly member: Member;
  readonly node: string;
}

/** A member of a swarm of ours, whose socket is at another node. */
interface Guest {
  readonly key: SwarmKey;
  readonly member: Member;
  readonly node: string;
}

/**
 * Introductions among peers whose sockets are at several nodes. Each swarm belongs to one node, which does all of it;
 * the others pass on what their sockets have to say, one message for each announce or answer.
 */
export class SharedIntroductions implements IntroductionDesk {
  readonly #local: Introductions;
  readonly #cluster: Cluster;
  readonly #addresses: AddressBook;
  readonly #metrics: Metrics;
  readonly #now: () => number;
  readonly #peerTtlMs: number;
  readonly #away = new Map<string, Away>();
  readonly #guests = new Map<string, Guest>();

  constructor(options: {
    readonly local: Introductions;
    readonly cluster: Cluster;
    readonly addresses: AddressBook;
    readonly metrics: Metrics;
    readonly now: () => number;
    readonly peerTtlMs: number;
  }) {
    this.#local = options.local;
    this.#cluster = options.cluster;
    this.#addresses = options.addresses;
    this.#metrics = options.metrics;
    this.#now = options.now;
    this.#peerTtlMs = options.peerTtlMs;
  }

  announce(key: SwarmKey, member: Member, announce: Announce): Refused | undefined {
    const home = this.#cluster.homeOf(member.visitor, key);
    if (this.#awayAt(key, member)?.node !== home) this.#recall(key, member);
    if (home === undefined || this.#local.isOff(member)) {
      this.#recall(key, member);
      return this.#local.announce(key, member, announce);
    }
    const refused = refuseOffers(announce) ?? this.#refuseHolder(key, member);
    if (refused !== undefined) return refused;
    this.#local.leave(key, member);
    this.#away.set(placeOf(key, member.peerId), { key, member, node: home });
    const { number, place, stream, session } = member.visitor;
    this.#cluster.send(home, {
      kind: "announce",
      key,
      infoHash: member.infoHash,
      peerId: member.peerId,
      visitor: { number: visitorNumber(this.#cluster.id, number), place, stream, session },
      isComplete: announce.left === 0 || announce.event === "completed",
      offers: announce.offers,
    });
    return undefined;
  }

  answer(key: SwarmKey, member: Member, answer: Answer): Refused | undefined {
    const away = this.#awayAt(key, member);
    if (away === undefined || misuseOf(answer.sdp) !== undefined)
      return this.#local.answer(key, member, answer);
    const { toPeerId, offerId, sdp } = answer;
    this.#cluster.send(away.node, { kind: "answer", key, peerId: member.peerId, toPeerId, offerId, sdp });
    return undefined;
  }

  leave(key: SwarmKey, member: Member): void {
    this.#recall(key, member);
    this.#local.leave(key, member);
  }

  stop(key: SwarmKey, member: Member): void {
    this.#recall(key, member);
    this.#local.stop(key, member);
  }

  receive({ from, parcels }: Envelope): void {
    for (const parcel of parcels) if (parcel.kind !== "viewer") this.#receive(from, parcel);
  }

  /** Lets guests go that are not heard of any more. */
  expire(): void {
    const oldestMs = this.#now() - this.#peerTtlMs;
    for (const [id, guest] of this.#guests)
      if (guest.member.lastHeardMs <= oldestMs) this.#dismiss(id, guest);
  }

  /** Peers of nodes that are gone leave; those of ours that were in their swarms go where these are now. */
  onGone(nodes: readonly string[]): void {
    for (const [id, guest] of this.#guests) if (nodes.includes(guest.node)) this.#dismiss(id, guest);
    for (const { key, member, node } of [...this.#away.values()]) {
      if (!nodes.includes(node)) continue;
      this.#away.delete(placeOf(key, member.peerId));
      const { infoHash, peerId } = member;
      this.announce(key, member, { kind: "announce", infoHash, peerId, event: "update", offers: [] });
    }
  }

  #receive(from: string, parcel: SwarmParcel): void {
    const { key, peerId } = parcel;
    const id = `${from}\n${placeOf(key, peerId)}`;
    const guest = this.#guests.get(id);
    switch (parcel.kind) {
      case "announce":
        this.#welcome(from, parcel, guest);
        break;
      case "answer": {
        const { toPeerId, offerId, sdp } = parcel;
        if (guest === undefined) break;
        const { infoHash } = guest.member;
        guest.member.lastHeardMs = this.#now();
        this.#count(
          this.#local.answer(key, guest.member, { kind: "answer", infoHash, peerId, toPeerId, offerId, sdp }),
        );
        break;
      }
      case "leave":
        if (guest !== undefined) this.#dismiss(id, guest);
        break;
      case "deliver":
        this.#away.get(placeOf(key, peerId))?.member.send(parcel.text);
        break;
      case "replaced":
        this.#away.get(placeOf(key, peerId))?.member.replaced();
        this.#away.delete(placeOf(key, peerId));
        break;
    }
  }

  #welcome(from: string, parcel: Extract<SwarmParcel, { kind: "announce" }>, known: Guest | undefined): void {
    const { key, infoHash, peerId, isComplete, offers } = parcel;
    const id = `${from}\n${placeOf(key, peerId)}`;
    const holder: MemberHolder = {
      send: (text) => this.#cluster.send(from, { kind: "deliver", key, peerId, text }),
      replaced: () => {
        this.#guests.delete(id);
        this.#cluster.send(from, { kind: "replaced", key, peerId });
      },
    };
    const visitor = this.#visitorOf(parcel.visitor);
    const guest: Guest = known ?? {
      key,
      node: from,
      member: new Member({ key, infoHash, peerId, visitor, nowMs: this.#now(), holder }),
    };
    guest.member.lastHeardMs = this.#now();
    const event = isComplete ? "completed" : "update";
    const refused = this.#local.announce(key, guest.member, {
      kind: "announce",
      infoHash,
      peerId,
      event,
      offers,
    });
    this.#count(refused);
    if (refused === undefined) this.#guests.set(id, guest);
    else if (refused.sentence !== undefined) guest.member.send(encodeRefusal(refused.sentence, infoHash));
  }

  #visitorOf({ number, place, stream, session }: RemoteVisitor): Visitor {
    return {
      number,
      place,
      stream: stream as Visitor["stream"],
      session,
      record: this.#addresses.lookUp(place),
      standing: "p2p",
      standingRevision: -1,
    };
  }

  #dismiss(id: string, { key, member }: Guest): void {
    this.#guests.delete(id);
    this.#local.leave(key, member);
  }

  #awayAt(key: SwarmKey, member: Member): Away | undefined {
    const away = this.#away.get(placeOf(key, member.peerId));
    return away?.member === member ? away : undefined;
  }

  #recall(key: SwarmKey, member: Member): void {
    const away = this.#awayAt(key, member);
    if (away === undefined) return;
    this.#away.delete(placeOf(key, member.peerId));
    this.#cluster.send(away.node, { kind: "leave", key, peerId: member.peerId });
  }

  /** Another connection of this node may speak for the peer already; those of other nodes are known to its home. */
  #refuseHolder(key: SwarmKey, member: Member): Refused | undefined {
    const holder = this.#away.get(placeOf(key, member.peerId))?.member;
    if (holder === undefined || holder === member) return undefined;
    const { session } = member.visitor;
    if (session === undefined || session !== holder.visitor.session) {
      const sentence = "peer_id: expected one of your own, got one that another connection holds";
      return { reason: "peer_id_taken", sentence };
    }
    holder.replaced();
    return undefined;
  }

  #count(refused: Refused | undefined): void {
    if (refused !== undefined) this.#metrics.refused(refused.reason);
  }
}

function placeOf(key: SwarmKey, peerId: PeerId): string {
  return `${key}\n${peerId}`;
}
