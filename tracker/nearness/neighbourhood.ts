import { nextKey } from "./levels.js";
import type { Resident } from "./resident.js";
import { Shard } from "./shard.js";

/** So many residents with the same key get a neighbourhood of their own. */
const SPLIT_AT = 100;
/** A neighbourhood with fewer residents goes back into the one around it. Well below the above, or peers who come and go would split and dissolve it by turns. */
const DISSOLVE_BELOW = 40;
/** A shard with fewer residents is emptied into another with room. */
const SPARSE_BELOW = 50;
/** Shards looked at for room before a new one is made, so that the cost does not grow with their number. */
const LOOKED_AT = 8;

/** Residents of a pool with the same key. They live in one shard, or they would not find each other. */
interface Group<T> {
  shard: Shard<T>;
  size: number;
}

/**
 * A node of the tree: all peers of a country, an ASN or a prefix. Keys with many residents are children; the rest
 * lives in this neighbourhood's pool, in shards of bounded size.
 */
export class Neighbourhood<T> {
  /** Residents here and in all children. */
  size = 0;
  /** Shards of this neighbourhood and of all children, in no order. */
  readonly shards: Shard<T>[] = [];
  readonly parent: Neighbourhood<T> | undefined;
  readonly #level: number;
  readonly #key: number;
  readonly #depth: number;
  readonly #children = new Map<number, Neighbourhood<T>>();
  readonly #groups = new Map<number, Group<T>>();
  /** Shards of the pool that are not full. */
  readonly #open = new Set<Shard<T>>();

  /** @param level from which on residents' keys differ. */
  constructor(within?: { readonly parent: Neighbourhood<T>; readonly key: number; readonly level: number }) {
    this.parent = within?.parent;
    this.#key = within?.key ?? 0;
    this.#level = within?.level ?? 0;
    this.#depth = this.parent === undefined ? 0 : this.parent.#depth + 1;
  }

  join(resident: Resident<T>): void {
    this.size += 1;
    const next = nextKey(resident.path, this.#level);
    const child = next && this.#children.get(next.key);
    if (child !== undefined) {
      child.join(resident);
      return;
    }
    resident.key = next?.key;
    this.#settle(resident);
    if (next !== undefined && (this.#groups.get(next.key)?.size ?? 0) >= SPLIT_AT) this.#split(next);
  }

  /** Of a resident in this neighbourhood's own pool. */
  leave(resident: Resident<T>): void {
    const { shard } = resident;
    if (shard === undefined) return;
    this.#vacate(resident, shard);
    for (let at: Neighbourhood<T> | undefined = this; at !== undefined; at = at.parent) at.size -= 1;
    if (shard.residents.length > 0 && shard.residents.length < SPARSE_BELOW) this.#empty(shard);
    this.#dissolveIfSmall();
  }

  #settle(resident: Resident<T>): void {
    const shard = this.#shardFor(resident.key);
    shard.add(resident);
    if (shard.room <= 0) this.#open.delete(shard);
  }

  #shardFor(key: number | undefined): Shard<T> {
    if (key === undefined) return this.#shardWithRoom(1);
    const group = this.#groups.get(key);
    if (group === undefined) {
      const shard = this.#shardWithRoom(1);
      this.#groups.set(key, { shard, size: 1 });
      return shard;
    }
    if (group.shard.room <= 0) this.#moveGroup(key, group);
    group.size += 1;
    return group.shard;
  }

  #shardWithRoom(needed: number, besides?: Shard<T>): Shard<T> {
    return this.#openShard(needed, besides) ?? this.#addShard();
  }

  #openShard(needed: number, besides?: Shard<T>): Shard<T> | undefined {
    let lookedAt = 0;
    for (const shard of this.#open) {
      if (shard !== besides && shard.room >= needed) return shard;
      lookedAt += 1;
      if (lookedAt === LOOKED_AT) return undefined;
    }
    return undefined;
  }

  /** From a full shard to one that has room for one more, too. */
  #moveGroup(key: number, group: Group<T>): void {
    const from = group.shard;
    const to = this.#shardWithRoom(group.size + 1, from);
    for (const resident of from.residents.filter((other) => other.key === key)) {
      from.remove(resident);
      to.add(resident);
    }
    group.shard = to;
    this.#afterRemoval(from);
    if (to.room <= 0) this.#open.delete(to);
  }

  #split({ key, level }: { readonly key: number; readonly level: number }): void {
    const residents = this.#groups.get(key)?.shard.residents.filter((other) => other.key === key) ?? [];
    const child = new Neighbourhood<T>({ parent: this, key, level });
    this.#children.set(key, child);
    for (const resident of residents) {
      if (resident.shard !== undefined) this.#vacate(resident, resident.shard);
      child.join(resident);
    }
  }

  /** Takes a resident out of its shard and group; sizes are the caller's. */
  #vacate(resident: Resident<T>, shard: Shard<T>): void {
    shard.remove(resident);
    this.#afterRemoval(shard);
    if (resident.key === undefined) return;
    const group = this.#groups.get(resident.key);
    if (group === undefined) return;
    group.size -= 1;
    if (group.size === 0) this.#groups.delete(resident.key);
  }

  #empty(shard: Shard<T>): void {
    const to = this.#openShard(shard.residents.length, shard);
    if (to === undefined) return;
    for (const resident of [...shard.residents]) {
      shard.remove(resident);
      to.add(resident);
      const group = resident.key === undefined ? undefined : this.#groups.get(resident.key);
      if (group !== undefined) group.shard = to;
    }
    this.#afterRemoval(shard);
    if (to.room <= 0) this.#open.delete(to);
  }

  #dissolveIfSmall(): void {
    const { parent } = this;
    if (parent === undefined || this.size >= DISSOLVE_BELOW || this.#children.size > 0) return;
    const residents = [...this.#open].flatMap((shard) => shard.residents);
    for (const resident of residents) {
      if (resident.shard !== undefined) this.#vacate(resident, resident.shard);
      resident.key = this.#key;
      parent.#settle(resident);
    }
    parent.#children.delete(this.#key);
    parent.#dissolveIfSmall();
  }

  #afterRemoval(shard: Shard<T>): void {
    if (shard.residents.length === 0) this.#removeShard(shard);
    else this.#open.add(shard);
  }

  #addShard(): Shard<T> {
    const shard = new Shard<T>(this);
    this.#open.add(shard);
    for (let at: Neighbourhood<T> | undefined = this; at !== undefined; at = at.parent) {
      shard.numberAtDepth[at.#depth] = at.shards.push(shard) - 1;
    }
    return shard;
  }

  #removeShard(shard: Shard<T>): void {
    this.#open.delete(shard);
    for (let at: Neighbourhood<T> | undefined = this; at !== undefined; at = at.parent) {
      const number = shard.numberAtDepth[at.#depth] ?? -1;
      const last = at.shards.pop();
      if (last === undefined || last === shard) continue;
      at.shards[number] = last;
      last.numberAtDepth[at.#depth] = number;
    }
  }
}
