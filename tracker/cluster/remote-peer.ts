import type { Peer, RelayedAnswer, RelayedOffer } from "../peer.js";
import type { SwarmKey } from "../swarm-server.js";
import type { PeerId } from "../wire/bytes20.js";
import type { Cluster } from "./cluster.js";

/** A peer whose socket is at another node. */
export class RemotePeer implements Peer {
  readonly #cluster: Pick<Cluster, "send">;
  readonly #key: SwarmKey;
  readonly #peerId: PeerId;

  constructor(
    cluster: Pick<Cluster, "send">,
    readonly node: string,
    { key, peerId }: { readonly key: SwarmKey; readonly peerId: PeerId },
  ) {
    this.#cluster = cluster;
    this.#key = key;
    this.#peerId = peerId;
  }

  offer({ from, offerId, sdp, reach }: RelayedOffer): void {
    const [key, peerId] = [this.#key, this.#peerId];
    this.#cluster.send(this.node, { kind: "offer", key, peerId, from, offerId, reach, sdp });
  }

  answer({ from, offerId, sdp }: RelayedAnswer): void {
    const [key, peerId] = [this.#key, this.#peerId];
    this.#cluster.send(this.node, { kind: "answer", key, peerId, from, offerId, sdp });
  }
}
