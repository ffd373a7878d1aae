// What viewers think of their peers: the player's `PeerStandings`, kept by those whom a peer has failed once.
import { PeerStandings } from "../../player/delivery/peer-standings.js";
import type { PeerDeed } from "../../player/policy/peer-standing.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

export class Reputation {
  readonly #world: World;
  /** By the index of the viewer who thinks so. */
  readonly #standings = new Map<number, PeerStandings>();
  readonly #blamed = new Map<string, Viewer>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The peer has failed the viewer, who counts on it less for that, or lets it go. */
  failed(viewer: Viewer, peer: Viewer, deed: Exclude<PeerDeed, "delivered">): void {
    this.#blamed.set(peer.peerId, peer);
    const standings = this.#standings.get(viewer.index) ?? this.#startWith(viewer);
    if (standings.note(peer.peerId, deed).at === "distrust") this.#world.exchange.distrusted(viewer);
  }

  /** The peer has delivered, which makes good for what it was blamed for. */
  delivered(viewer: Viewer, peer: Viewer): void {
    if (this.#standings.size > 0) this.#standings.get(viewer.index)?.note(peer.peerId, "delivered");
  }

  /** Whether what the peer has is worth waiting for. */
  isTrusted(viewer: Viewer, peer: Viewer): boolean {
    if (this.#standings.size === 0) return true;
    return this.#standings.get(viewer.index)?.isTrusted(peer.peerId) ?? true;
  }

  /** Neither of the two has let the other go lately. */
  mayMeet(viewer: Viewer, peer: Viewer): boolean {
    return !this.#isBanned(viewer, peer) && !this.#isBanned(peer, viewer);
  }

  #isBanned(viewer: Viewer, peer: Viewer): boolean {
    return this.#standings.get(viewer.index)?.isBanned(peer.peerId) ?? false;
  }

  #startWith(viewer: Viewer): PeerStandings {
    const { schedule, meeting } = this.#world;
    const standings = new PeerStandings(
      () => schedule.nowMs,
      (peerId) => {
        const peer = this.#blamed.get(peerId);
        if (peer) meeting.disconnect(viewer, peer);
      },
    );
    this.#standings.set(viewer.index, standings);
    return standings;
  }
}
