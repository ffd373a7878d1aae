import { outranks, seedingWeight } from "../../player/policy/election.js";

const SEGMENTS = 32;

/**
 * The player's seeding weights, each found once for all neighbours of a viewer, and ranks among them. Those of one
 * segment lie next to each other for all viewers, so that a rank reads one stretch of memory.
 */
export class Weights {
  readonly #names: readonly string[];
  readonly #weights: Uint32Array;
  /** Which segment a place is about at the moment. */
  readonly #segments: Int32Array;

  /** @param names peer ids by the viewers' indices. */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#weights = new Uint32Array(names.length * SEGMENTS);
    this.#segments = new Int32Array(names.length * SEGMENTS).fill(-1);
  }

  /** As the player's `seedingRank` of `self` among itself and those of `peers` that `maySeed`. */
  rank(
    segment: number,
    name: string,
    self: number,
    peers: Int32Array,
    count: number,
    maySeed: Uint8Array,
  ): number {
    const names = this.#names;
    const own = this.#weight(segment, name, self);
    let rank = 0;
    for (let place = 0; place < count; place++) {
      const peer = peers[place] as number;
      if (maySeed[peer] === 0) continue;
      const weight = this.#weight(segment, name, peer);
      if (weight >= own && outranks(weight, names[peer] as string, own, names[self] as string)) rank++;
    }
    return rank;
  }

  #weight(segment: number, name: string, viewer: number): number {
    const place = (segment % SEGMENTS) * this.#names.length + viewer;
    if (this.#segments[place] !== segment) {
      this.#segments[place] = segment;
      this.#weights[place] = seedingWeight(name, this.#names[viewer] as string);
    }
    return this.#weights[place] as number;
  }
}
