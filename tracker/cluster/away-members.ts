import type { LocalMember } from "../local-member.js";
import type { SwarmKey } from "../swarm-server.js";
import { type Announce, isComplete, type Offer } from "../wire/announce.js";
import type { PeerId } from "../wire/bytes20.js";
import { type Cluster, visitorNumber } from "./cluster.js";
import type { ParcelOf } from "./envelope.js";
import { HeldOffers } from "./held-offers.js";
import { Homes } from "./homes.js";

interface Away {
  readonly member: LocalMember;
  /** The node that its swarm belongs to. */
  readonly home: string;
}

/** Members whose sockets are here, of swarms that belong to other nodes, and their offers. */
export class AwayMembers {
  readonly #cluster: Pick<Cluster, "id" | "send">;
  readonly #now: () => number;
  readonly #away = new Map<string, Away>();
  readonly #held = new HeldOffers();
  readonly #homes = new Homes();

  constructor(options: { readonly cluster: Pick<Cluster, "id" | "send">; readonly now: () => number }) {
    this.#cluster = options.cluster;
    this.#now = options.now;
  }

  memberOf(key: SwarmKey, peerId: PeerId): LocalMember | undefined {
    return this.#away.get(idOf(key, peerId))?.member;
  }

  /** Tells the swarm's home, and holds the offers until that has said which of them are for whom. */
  announce(home: string, member: LocalMember, announce: Announce): void {
    const { key, infoHash, peerId } = member;
    const { number, place, stream, session } = member.visitor;
    if (this.#homeOf(member) !== home) this.recall(member);
    this.#away.set(idOf(key, peerId), { member, home });
    this.#cluster.send(home, {
      kind: "announce",
      key,
      infoHash,
      peerId,
      visitor: { number: visitorNumber(this.#cluster.id, number), place, stream, session },
      isComplete: isComplete(announce),
      offers: announce.offers.length,
      ...(this.#homes.takesOffers(home) && { along: announce.offers }),
      turn: this.#held.hold(member, announce.offers, this.#now()),
    });
  }

  /** It leaves the swarm at its home; nothing happens where it is not away. */
  recall(member: LocalMember): void {
    const home = this.#homeOf(member);
    if (home === undefined) return;
    this.remove(member);
    this.#cluster.send(home, { kind: "leave", key: member.key, peerId: member.peerId });
  }

  /** Its home knows that it has left, or is gone. */
  remove(member: LocalMember): void {
    if (this.#homeOf(member) !== undefined) this.#away.delete(idOf(member.key, member.peerId));
    this.#held.drop(member);
  }

  /**
   * A home has said whom a member's offers are for.
   *
   * @returns those that it has not passed on itself; none where they are not held any more.
   */
  takeOffers(
    home: string,
    member: LocalMember,
    { turn, passed, picks }: ParcelOf<"picks">,
  ): readonly Offer[] {
    // A node of an earlier version does not know what to do with offers that come along.
    const elsewhere = passed === undefined ? picks.length : count(picks, ({ node }) => node !== undefined);
    const chosen = (passed ?? 0) + picks.length;
    this.#homes.note(home, chosen - elsewhere, chosen);
    return this.#held.take(member, turn, this.#now()).slice(passed);
  }

  /** Lets offers go that nobody has been chosen for in time. */
  expire(): void {
    this.#held.expire(this.#now());
  }

  /** @returns those whose swarms belonged to certain nodes. */
  onGone(nodes: readonly string[]): LocalMember[] {
    this.#homes.forget(nodes);
    return [...this.#away.values()].filter(({ home }) => nodes.includes(home)).map(({ member }) => member);
  }

  #homeOf(member: LocalMember): string | undefined {
    const away = this.#away.get(idOf(member.key, member.peerId));
    return away?.member === member ? away.home : undefined;
  }
}

function count<T>(items: readonly T[], fits: (item: T) => boolean): number {
  return items.reduce((sum, item) => sum + (fits(item) ? 1 : 0), 0);
}

function idOf(key: SwarmKey, peerId: PeerId): string {
  return `${key}\n${peerId}`;
}
