import type { Viewer } from "./viewer.js";

/** Indices in a cache line of 64 bytes. */
const LINE = 16;

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

  /** Reads from each line of memory that a viewer's row of peers takes up, so that it is near when it is needed. */
  glance(viewer: number): number {
    const end = (viewer + 1) * this.#rowLength;
    let sum = 0;
    for (let line = viewer * this.#rowLength; line < end; line += LINE) sum += this.peers[line] as number;
    return sum;
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
