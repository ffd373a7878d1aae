import type { Neighbourhood } from "./neighbourhood.js";
import { type Place, tierBetween, UNKNOWN } from "./place.js";
import type { Resident } from "./resident.js";

/** Residents of a shard at most: few enough that an introduction may look at each of them. */
export const SHARD_CAPACITY = 200;

/** Fields of {@link Shard.#figures} for each resident. */
const PREFIX = 0;
const NETWORK = 1;
const ASN = 2;
const COUNTRY = 3;
const INTRODUCTIONS = 4;
const SERIAL = 5;
const FIELDS = 6;
/** Residents that there is memory for at first, and more each time it is used up. */
const FIGURES_STEP = 8;

/** Peers that are introduced to each other first. */
export class Shard<T> {
  readonly residents: Resident<T>[] = [];
  /**
   * What ranking wants to know of the residents, side by side in the order of `residents`, each number's lower 32 bits.
   * Each introduction looks at all of them, and among thousands of sockets none of the objects that have these numbers is
   * in the processor's cache.
   */
  #figures = new Int32Array(FIGURES_STEP * FIELDS);
  /** This shard's number in the list of each neighbourhood that it is within, by the neighbourhood's depth. */
  readonly numberAtDepth: number[] = [];

  constructor(readonly neighbourhood: Neighbourhood<T>) {}

  get room(): number {
    return SHARD_CAPACITY - this.residents.length;
  }

  add(resident: Resident<T>): void {
    resident.shard = this;
    resident.index = this.residents.push(resident) - 1;
    const at = resident.index * FIELDS;
    if (at === this.#figures.length) this.#grow();
    const { prefix, network, asn, country } = resident.place;
    this.#figures[at + PREFIX] = prefix;
    this.#figures[at + NETWORK] = network;
    this.#figures[at + ASN] = asn;
    this.#figures[at + COUNTRY] = country;
    this.#figures[at + INTRODUCTIONS] = resident.introductions;
    this.#figures[at + SERIAL] = resident.serial;
  }

  /** Moves the last resident into the gap. */
  remove(resident: Resident<T>): void {
    const last = this.residents.pop();
    if (last !== undefined && last !== resident) {
      const from = last.index * FIELDS;
      this.#figures.copyWithin(resident.index * FIELDS, from, from + FIELDS);
      this.residents[resident.index] = last;
      last.index = resident.index;
    }
    resident.shard = undefined;
    resident.index = -1;
  }

  /** To be called when a resident's number of introductions has changed. */
  countIntroductions({ index, introductions }: Resident<T>): void {
    this.#figures[index * FIELDS + INTRODUCTIONS] = introductions;
  }

  introductionsOf(index: number): number {
    return this.#figures[index * FIELDS + INTRODUCTIONS] ?? 0;
  }

  serialOf(index: number): number {
    return this.#figures[index * FIELDS + SERIAL] ?? 0;
  }

  /** As {@link tierBetween}, to the resident with this number. */
  tierTo(place: Place, index: number): number {
    const figures = this.#figures;
    const at = index * FIELDS;
    // Longer prefixes of IPv6 may have the same lower bits.
    if (figures[at + PREFIX] === (place.prefix | 0)) {
      return tierBetween(place, this.residents[index]?.place ?? place);
    }
    const { network, asn, country } = place;
    if (figures[at + NETWORK] === network && network !== UNKNOWN) return 2;
    if (figures[at + ASN] === (asn | 0) && asn !== UNKNOWN) return 3;
    if (figures[at + COUNTRY] === country && country !== UNKNOWN) return 4;
    return 5;
  }

  #grow(): void {
    const figures = new Int32Array(this.#figures.length + FIGURES_STEP * FIELDS);
    figures.set(this.#figures);
    this.#figures = figures;
  }
}
