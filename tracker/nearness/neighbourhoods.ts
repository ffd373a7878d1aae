import { Neighbourhood } from "./neighbourhood.js";
import { NetworkHomes } from "./network-homes.js";
import { pick } from "./pick.js";
import type { Place } from "./place.js";
import { Resident } from "./resident.js";

/**
 * The peers of one swarm by where they are. Joining, leaving and picking cost the same in a swarm of ten and of a
 * million peers. Knows nothing of sockets and time: simulations run the same code as the tracker.
 */
export class Neighbourhoods<T> {
  readonly #root = new Neighbourhood<T>();
  readonly #homes = new NetworkHomes();
  readonly #random: () => number;
  #joined = 0;

  /** @param options.random returns numbers in [0, 1). */
  constructor(options: { readonly random: () => number }) {
    this.#random = options.random;
  }

  get size(): number {
    return this.#root.size;
  }

  /** Neighbourhoods' shards; for tests and figures. */
  get shardSizes(): number[] {
    return this.#root.shards.map((shard) => shard.residents.length);
  }

  join(item: T, place: Place): Resident<T> {
    this.#joined += 1;
    const resident = new Resident(item, place, this.#joined, this.#homes.enter(place));
    this.#root.join(resident);
    return resident;
  }

  /** Leaving twice is leaving once. */
  leave(resident: Resident<T>): void {
    if (resident.shard === undefined) return;
    resident.shard.neighbourhood.leave(resident);
    this.#homes.leave(resident.place);
  }

  /**
   * Whom to introduce a resident to, see {@link pick}. The introductions count from then on.
   *
   * @param allows says no to those whom the resident must not meet.
   */
  introduce(resident: Resident<T>, count: number, allows?: (other: T) => boolean): Resident<T>[] {
    const chosen = pick(resident, this.#root, { count, random: this.#random, allows });
    for (const other of chosen) resident.meet(other);
    return chosen;
  }

  /** Any resident, or none. */
  *all(): Generator<Resident<T>> {
    for (const shard of this.#root.shards) yield* shard.residents;
  }
}
