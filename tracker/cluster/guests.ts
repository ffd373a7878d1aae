import type { AddressBook } from "../admission/address-book.js";
import { type Introductions, passOffer } from "../introductions.js";
import type { Member } from "../member.js";
import type { Metrics } from "../metrics/metrics.js";
import type { SwarmKey } from "../swarm-server.js";
import { reachBetween, type Visitor } from "../visitor.js";
import type { PeerId } from "../wire/bytes20.js";
import type { Cluster } from "./cluster.js";
import type { ParcelOf, RemoteVisitor } from "./envelope.js";
import { Guest } from "./guest.js";

export interface GuestsOptions {
  readonly local: Introductions;
  readonly cluster: Pick<Cluster, "send">;
  readonly addresses: AddressBook;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly peerTtlMs: number;
}

/** Members of swarms of ours whose sockets are at other nodes: these are told whom their offers go to. */
export class Guests {
  readonly #options: GuestsOptions;
  readonly #guests = new Map<string, Guest>();

  constructor(options: GuestsOptions) {
    this.#options = options;
  }

  /** Takes one in, or hears of it again. */
  welcome(node: string, parcel: ParcelOf<"announce">): void {
    const { local, cluster, addresses, metrics, now } = this.#options;
    const { key, peerId, isComplete, offers, along = [], turn } = parcel;
    const id = idOf(node, key, peerId);
    // Its address is not forgotten while it is there.
    const record = addresses.lookUp(parcel.visitor.place);
    const guest = this.#guests.get(id) ?? this.#create(node, parcel, visitorOf(parcel.visitor, record));
    guest.lastHeardMs = now();
    const found = local.enter(key, guest, { isComplete, offers });
    if ("reason" in found) {
      metrics.refused(found.reason);
      if (found.sentence !== undefined)
        cluster.send(node, { kind: "refused", key, peerId, sentence: found.sentence });
      return;
    }
    this.#guests.set(id, guest);
    const reachTo = (other: Member) => reachBetween(guest.visitor.place, other.visitor.place);
    const here = along.length === 0 ? [] : found.others.filter((other) => other.node === undefined);
    const nowMs = now();
    for (const [index, other] of here.entries()) {
      const offer = along[index];
      if (offer !== undefined) passOffer(guest, offer, { to: other, reach: reachTo(other), nowMs, node });
    }
    const picks = found.others
      .filter((other) => !here.includes(other))
      .map((other) => ({
        peerId: other.peerId,
        reach: reachTo(other),
        ...(other.node !== undefined && { node: other.node }),
      }));
    const { counts } = found;
    // Nobody is kept waiting for an introduction by that.
    const canWait = picks.length === 0;
    cluster.send(node, { kind: "picks", key, peerId, turn, counts, passed: here.length, picks }, { canWait });
  }

  leave(node: string, key: SwarmKey, peerId: PeerId): void {
    const guest = this.#guests.get(idOf(node, key, peerId));
    if (guest !== undefined) this.#dismiss(guest);
  }

  /** Lets those go that are not heard of any more. */
  expire(): void {
    const oldestMs = this.#options.now() - this.#options.peerTtlMs;
    for (const guest of this.#guests.values()) if (guest.lastHeardMs <= oldestMs) this.#dismiss(guest);
  }

  onGone(nodes: readonly string[]): void {
    for (const guest of this.#guests.values()) if (nodes.includes(guest.node)) this.#dismiss(guest);
  }

  #create(node: string, { key, infoHash, peerId }: ParcelOf<"announce">, visitor: Visitor): Guest {
    const { cluster, now } = this.#options;
    return new Guest(cluster, node, {
      key,
      infoHash,
      peerId,
      visitor,
      nowMs: now(),
      onReplaced: () => {
        this.#guests.delete(idOf(node, key, peerId));
        cluster.send(node, { kind: "replaced", key, peerId });
      },
    });
  }

  #dismiss(guest: Guest): void {
    this.#guests.delete(idOf(guest.node, guest.key, guest.peerId));
    this.#options.local.leave(guest.key, guest);
  }
}

function visitorOf({ number, place, stream, session }: RemoteVisitor, record: Visitor["record"]): Visitor {
  return {
    number,
    place,
    stream: stream as Visitor["stream"],
    session,
    record,
    standing: "p2p",
    standingRevision: -1,
  };
}

function idOf(node: string, key: SwarmKey, peerId: PeerId): string {
  return `${node}\n${key}\n${peerId}`;
}
