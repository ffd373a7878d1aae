import type { Neighbourhood } from "./neighbourhood.js";
import type { Resident } from "./resident.js";

/** Residents of a shard at most: few enough that an introduction may look at each of them. */
export const SHARD_CAPACITY = 200;

/** Peers that are introduced to each other first. */
export class Shard<T> {
  readonly residents: Resident<T>[] = [];
  /** This shard's number in the list of each neighbourhood that it is within, by the neighbourhood's depth. */
  readonly numberAtDepth: number[] = [];

  constructor(readonly neighbourhood: Neighbourhood<T>) {}

  get room(): number {
    return SHARD_CAPACITY - this.residents.length;
  }

  add(resident: Resident<T>): void {
    resident.shard = this;
    resident.index = this.residents.push(resident) - 1;
  }

  /** Moves the last resident into the gap. */
  remove(resident: Resident<T>): void {
    const last = this.residents.pop();
    if (last !== undefined && last !== resident) {
      this.residents[resident.index] = last;
      last.index = resident.index;
    }
    resident.shard = undefined;
    resident.index = -1;
  }
}
