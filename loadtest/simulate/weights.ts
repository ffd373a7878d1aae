import { outranks, seedingWeight } from "../../player/policy/election.js";
import type { Viewer } from "./viewer.js";

/** Segments whose weights are kept; a new one takes the place of the one so many before it. */
const SEGMENTS = 32;
/** Viewers whose weights for one segment lie in one line of memory. */
const LINE_BITS = 5;
const LINE = 2 ** LINE_BITS;

/**
 * The player's seeding weights, each found once for all neighbours of a viewer, and ranks among them. Of each only the
 * upper half of its bits is kept, which nearly always decides: what all viewers have for one segment is to stay within
 * the caches.
 */
export class Weights {
  readonly #names: readonly string[];
  readonly #maySeed: Uint8Array;
  readonly #linesEach: number;
  /** For which segment a line holds weights. */
  readonly #segments: Int32Array;
  /** 0 for one that was not asked for yet. */
  readonly #weights: Uint16Array;

  constructor(viewers: readonly Viewer[]) {
    // In an array of their own: on the way by the viewers, each name is three reads further away.
    this.#names = viewers.map(({ peerId }) => peerId);
    this.#maySeed = Uint8Array.from(viewers, ({ mayUpload }) => (mayUpload ? 1 : 0));
    this.#linesEach = Math.ceil(viewers.length / LINE);
    this.#segments = new Int32Array(SEGMENTS * this.#linesEach).fill(-1);
    this.#weights = new Uint16Array(SEGMENTS * this.#linesEach * LINE);
  }

  setMaySeed({ index, mayUpload }: Viewer): void {
    this.#maySeed[index] = mayUpload ? 1 : 0;
  }

  /**
   * As the player's `seedingRank` of `self` among itself and those of its peers that may seed.
   *
   * @param peers has them from `first` on.
   */
  rank(segment: number, name: string, self: number, peers: Int32Array, first: number, count: number): number {
    const own = this.#upperHalf(segment, name, self);
    let rank = 0;
    for (let place = first; place < first + count; place++) {
      const peer = peers[place] as number;
      if (this.#maySeed[peer] === 0) continue;
      const weight = this.#upperHalf(segment, name, peer);
      if (weight > own || (weight === own && this.#outranks(name, peer, self))) rank++;
    }
    return rank;
  }

  #outranks(name: string, peer: number, self: number): boolean {
    const [peerId, ownId] = [this.#nameOf(peer), this.#nameOf(self)];
    return outranks(seedingWeight(name, peerId), peerId, seedingWeight(name, ownId), ownId);
  }

  #nameOf(viewer: number): string {
    return this.#names[viewer] as string;
  }

  /** Of its weight; those with nothing in it count as if it were 1. */
  #upperHalf(segment: number, name: string, viewer: number): number {
    const line = (segment % SEGMENTS) * this.#linesEach + (viewer >>> LINE_BITS);
    if (this.#segments[line] !== segment) {
      this.#segments[line] = segment;
      this.#weights.fill(0, line * LINE, (line + 1) * LINE);
    }
    const place = line * LINE + (viewer & (LINE - 1));
    const known = this.#weights[place] as number;
    if (known !== 0) return known;
    const half = Math.max(1, seedingWeight(name, this.#nameOf(viewer)) >>> 16);
    this.#weights[place] = half;
    return half;
  }
}
