import type { ServerSwarm } from "bittorrent-tracker/server";
import type { Member } from "./member.js";
import { Neighbourhoods } from "./nearness/neighbourhoods.js";
import type { PeerId } from "./wire/bytes20.js";
import type { SwarmCounts } from "./wire/replies.js";

/**
 * The peers that share one rendition. Takes the place of bittorrent-tracker's own swarm, which evicts the
 * thousand-and-first peer, walks over all of them on each announce, and picks at random.
 */
export class Swarm implements ServerSwarm {
  readonly #members = new Map<PeerId, Member>();
  readonly #neighbourhoods: Neighbourhoods<Member>;
  #complete = 0;

  constructor(options: { readonly random: () => number }) {
    this.#neighbourhoods = new Neighbourhoods(options);
  }

  get size(): number {
    return this.#members.size;
  }

  get counts(): SwarmCounts {
    return { complete: this.#complete, incomplete: this.#members.size - this.#complete };
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  holderOf(peerId: PeerId): Member | undefined {
    return this.#members.get(peerId);
  }

  /** @param isComplete stays true once it was. */
  enter(member: Member, isComplete: boolean): void {
    if (member.resident === undefined) {
      this.#members.set(member.peerId, member);
      member.resident = this.#neighbourhoods.join(member, member.visitor.place);
    }
    if (isComplete && !member.isComplete) {
      member.isComplete = true;
      this.#complete += 1;
    }
  }

  leave(member: Member): void {
    if (member.resident === undefined) return;
    this.#neighbourhoods.leave(member.resident);
    member.resident = undefined;
    this.#members.delete(member.peerId);
    if (member.isComplete) this.#complete -= 1;
  }

  /**
   * @param count of others wanted.
   * @param allows says no to those whom it must not meet.
   * @returns whom to introduce the member to.
   */
  introduce(member: Member, count: number, allows: (other: Member) => boolean): Member[] {
    if (member.resident === undefined) return [];
    return this.#neighbourhoods.introduce(member.resident, count, allows).map(({ item }) => item);
  }
}
