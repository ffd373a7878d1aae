import { outranks, seedingWeight } from "../../player/policy/election.js";
import type { Viewer } from "./viewer.js";

const SEGMENTS = 32;
/** Of each viewer, for each segment: the segment's number, and its weight. */
const PAIR = 2;

/**
 * The player's seeding weights, each found once for all neighbours of a viewer, and ranks among them. Those of one
 * segment lie next to each other for all viewers, so that a rank reads one stretch of memory.
 */
export class Weights {
  readonly #names: readonly string[];
  readonly #maySeed: Uint8Array;
  readonly #segments: Int32Array;
  /** The same memory. */
  readonly #weights: Uint32Array;

  constructor(viewers: readonly Viewer[]) {
    // In an array of their own: on the way by the viewers, each name is three reads further away.
    this.#names = viewers.map(({ peerId }) => peerId);
    this.#maySeed = Uint8Array.from(viewers, ({ mayUpload }) => (mayUpload ? 1 : 0));
    this.#segments = new Int32Array(viewers.length * SEGMENTS * PAIR).fill(-1);
    this.#weights = new Uint32Array(this.#segments.buffer);
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
    const own = this.#weight(segment, name, self);
    let rank = 0;
    for (let place = first; place < first + count; place++) {
      const peer = peers[place] as number;
      if (this.#maySeed[peer] === 0) continue;
      const weight = this.#weight(segment, name, peer);
      if (weight >= own && outranks(weight, this.#nameOf(peer), own, this.#nameOf(self))) rank++;
    }
    return rank;
  }

  #nameOf(viewer: number): string {
    return this.#names[viewer] as string;
  }

  #weight(segment: number, name: string, viewer: number): number {
    const place = ((segment % SEGMENTS) * this.#names.length + viewer) * PAIR;
    if (this.#segments[place] !== segment) {
      this.#segments[place] = segment;
      this.#weights[place + 1] = seedingWeight(name, this.#nameOf(viewer));
    }
    return this.#weights[place + 1] as number;
  }
}
