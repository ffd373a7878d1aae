import type { Viewer } from "./viewer.js";

/** Who is connected with whom: for each viewer a row of its peers, in one piece of memory for all viewers. */
export class Neighbours {
  /** Indices of viewers. A viewer's row begins at {@link first} and has `peerCount` of them. */
  readonly peers: Int32Array;
  /** What each of them has delivered at lately, in bytes per millisecond; at the same places. */
  readonly rates: Float32Array;
  readonly #rowLength: number;

  /** @param most peers of one viewer. */
  constructor(viewers: number, most: number) {
    this.#rowLength = Math.min(most, viewers);
    this.peers = new Int32Array(viewers * this.#rowLength);
    this.rates = new Float32Array(viewers * this.#rowLength);
  }

  /** Where a viewer's row begins. */
  first({ index }: Viewer): number {
    return index * this.#rowLength;
  }

  /** @returns the peer's place; -1 where they are not connected. */
  placeOf(viewer: Viewer, peer: Viewer): number {
    const first = this.first(viewer);
    const end = first + viewer.peerCount;
    for (let place = first; place < end; place++) if (this.peers[place] === peer.index) return place;
    return -1;
  }

  add(viewer: Viewer, peer: Viewer): void {
    const place = this.first(viewer) + viewer.peerCount++;
    this.peers[place] = peer.index;
    this.rates[place] = 0;
  }

  /** Of the peer at this place, which the last one takes. */
  remove(viewer: Viewer, place: number): void {
    const last = this.first(viewer) + --viewer.peerCount;
    this.peers[place] = this.peers[last] as number;
    this.rates[place] = this.rates[last] as number;
  }
}
