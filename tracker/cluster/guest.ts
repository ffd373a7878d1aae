import { Member, type MemberOptions } from "../member.js";
import type { RelayedAnswer, RelayedOffer } from "../peer.js";
import type { Cluster } from "./cluster.js";
import { RemotePeer } from "./remote-peer.js";

/** A member of a swarm of ours, whose socket is at another node. */
export class Guest extends Member {
  readonly #peer: RemotePeer;
  readonly #onReplaced: (guest: Guest) => void;

  /** @param options.onReplaced told when another connection of the same viewer has taken it over. */
  constructor(
    cluster: Pick<Cluster, "send">,
    node: string,
    options: MemberOptions & { readonly onReplaced: (guest: Guest) => void },
  ) {
    super(options);
    this.#peer = new RemotePeer(cluster, node, options);
    this.#onReplaced = options.onReplaced;
  }

  get node(): string {
    return this.#peer.node;
  }

  offer(offer: RelayedOffer): void {
    this.#peer.offer(offer);
  }

  answer(answer: RelayedAnswer): void {
    this.#peer.answer(answer);
  }

  replaced(): void {
    this.#onReplaced(this);
  }
}
