import type { Place } from "./place.js";
import type { Shard } from "./shard.js";

/** How many introductions a resident remembers; a pair that lost its connection gets another chance after that. */
const REMEMBERED = 32;

/** A peer of a swarm at its place in the tree of neighbourhoods. Returned by joining, needed for all else. */
export class Resident<T> {
  /** Introductions so far, given and received. */
  introductions = 0;
  /** Where it lives now; neighbourhoods that grow or shrink move their residents. Absent before and after. */
  shard: Shard<T> | undefined;
  /** Its number among the shard's residents. */
  index = -1;
  /** What it has in common with others of its neighbourhood's pool; absent where nothing narrower is known. */
  key: number | undefined;
  /** Serial numbers, not residents: those who left must not be kept in memory. The oldest is overwritten. */
  #met: number[] | undefined;

  /**
   * @param path where it lives in the tree, see {@link NetworkHomes}: its place, or that of others of its network.
   */
  constructor(
    readonly item: T,
    readonly place: Place,
    readonly serial: number,
    readonly path: Place,
  ) {}

  /** @param serial of the other. */
  hasMet(serial: number): boolean {
    return this.#met?.includes(serial) ?? false;
  }

  /** Serial numbers of those that it remembers, in no order. */
  get met(): readonly number[] {
    return this.#met ?? [];
  }

  meet(other: Resident<T>): void {
    this.#remember(other);
    other.#remember(this);
  }

  #remember(other: Resident<T>): void {
    this.#met ??= [];
    this.#met[this.introductions % REMEMBERED] = other.serial;
    this.introductions += 1;
    this.shard?.countIntroductions(this);
  }
}
