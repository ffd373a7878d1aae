import type { AnnounceParams, AnnounceResponse, Callback, ServerSwarm } from "bittorrent-tracker/server";
import { introduce } from "./introduce.js";
import { Membership } from "./membership.js";
import { PeerList } from "./peer-list.js";

interface Peer {
  /** In hexadecimal. */
  readonly peerId: string;
  readonly socket: Membership;
  complete: boolean;
}

/**
 * The peers that share one rendition. Takes the place of bittorrent-tracker's own swarm, which evicts the
 * thousand-and-first peer and walks over all of them on each announce.
 */
export class Swarm implements ServerSwarm {
  readonly peers = new PeerList<Peer>();
  #complete = 0;

  readonly #random: () => number;
  readonly #onEmpty: () => void;
  readonly #onIntroduced: (offers: number) => void;

  constructor(options: {
    readonly random: () => number;
    readonly onEmpty: () => void;
    readonly onIntroduced: (offers: number) => void;
  }) {
    this.#random = options.random;
    this.#onEmpty = options.onEmpty;
    this.#onIntroduced = options.onIntroduced;
  }

  announce(params: AnnounceParams, done?: Callback<AnnounceResponse>): void {
    const { socket } = params;
    if (params.event === "stopped" || !(socket instanceof Membership)) {
      this.#remove(params.peer_id);
      done?.(null, { ...this.#counts(), peers: [] });
      return;
    }
    this.#addOrUpdate(params, socket);
    const peers = this.#introduce(params);
    done?.(null, { ...this.#counts(), peers });
  }

  scrape(_params: unknown, done: Callback<{ complete: number; incomplete: number }>): void {
    done(null, this.#counts());
  }

  #counts() {
    return { complete: this.#complete, incomplete: this.peers.size - this.#complete };
  }

  #addOrUpdate(params: AnnounceParams, socket: Membership): void {
    const isComplete = params.left === 0 || params.event === "completed";
    let peer = this.peers.get(params.peer_id);
    if (peer === undefined) {
      peer = { peerId: params.peer_id, socket, complete: false };
      this.peers.add(peer);
    }
    if (isComplete && !peer.complete) {
      peer.complete = true;
      this.#complete += 1;
    }
  }

  #remove(peerId: string): void {
    if (this.peers.remove(peerId)?.complete) this.#complete -= 1;
    if (this.peers.size === 0) this.#onEmpty();
  }

  #introduce({ peer_id, offers = [] }: AnnounceParams): Peer[] {
    const place = { size: this.peers.size, self: this.peers.numberOf(peer_id) };
    const introduced: Peer[] = [];
    for (const number of introduce(place, offers.length, this.#random)) {
      const peer = this.peers.at(number);
      const offer = offers[introduced.length];
      if (peer === undefined || offer === undefined) continue;
      peer.socket.outstandingOffers.add(peer_id, offer.offer_id);
      introduced.push(peer);
    }
    if (introduced.length > 0) this.#onIntroduced(introduced.length);
    return introduced;
  }
}
