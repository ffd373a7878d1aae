import { randomOthers } from "./random-others.js";
import type { Viewer } from "./viewer.js";

/** One swarm as the tracker sees it. */
export interface Introductions {
  readonly size: number;
  add(viewer: Viewer): void;
  remove(viewer: Viewer): void;
  /** Whom the tracker introduces to a member: up to `count` others. */
  introduce(viewer: Viewer, count: number): readonly Viewer[];
}

/** Anybody to anybody, by the tracker's own policy for that. */
export class RandomIntroductions implements Introductions {
  readonly #random: () => number;
  readonly #members: Viewer[] = [];
  readonly #placeOf = new Map<Viewer, number>();

  constructor(random: () => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#members.length;
  }

  add(viewer: Viewer): void {
    if (!this.#placeOf.has(viewer)) this.#placeOf.set(viewer, this.#members.push(viewer) - 1);
  }

  remove(viewer: Viewer): void {
    const place = this.#placeOf.get(viewer);
    const last = this.#members.at(-1);
    if (place === undefined || last === undefined) return;
    this.#members[place] = last;
    this.#placeOf.set(last, place);
    this.#members.pop();
    this.#placeOf.delete(viewer);
  }

  introduce(viewer: Viewer, count: number): Viewer[] {
    const self = this.#placeOf.get(viewer);
    if (self === undefined) return [];
    return randomOthers({ size: this.#members.length, self }, count, this.#random).map(
      (place) => this.#members[place] as Viewer,
    );
  }
}
