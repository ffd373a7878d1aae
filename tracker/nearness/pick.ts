import type { Neighbourhood } from "./neighbourhood.js";
import { TIERS } from "./place.js";
import type { Resident } from "./resident.js";
import { SHARD_CAPACITY, type Shard } from "./shard.js";

/** Share of an answer that is drawn from the whole swarm, so that neighbourhoods stay connected with each other. */
const RANDOM_SHARE = 0.2;
/** Draws for each peer that is still wanted, before less is made do with. */
const DRAWS = 8;

export interface PickOptions<T> {
  /** Peers wanted. */
  readonly count: number;
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
  /** Says no to those whom the peer must not meet. @default all may meet */
  readonly allows?: ((other: T) => boolean) | undefined;
}

/**
 * Decides whom a resident is introduced to: the nearest first, among equally near ones those with the fewest
 * introductions; a fifth at random. Whom it has met already comes last. Looks at one shard and draws a few peers from
 * others, whatever the size of the swarm.
 *
 * Changes nothing: whoever carries out an introduction says so with {@link Resident.meet}.
 *
 * @param root the whole swarm.
 * @returns different residents, never itself; fewer than wanted where there are not more.
 */
export function pick<T>(
  resident: Resident<T>,
  root: Neighbourhood<T>,
  { count, random, allows }: PickOptions<T>,
): Resident<T>[] {
  const { shard } = resident;
  if (shard === undefined || count <= 0) return [];
  const chosen: Resident<T>[] = [];
  const mayMeet = (other: Resident<T>) =>
    other !== resident && !chosen.includes(other) && (allows === undefined || allows(other.item));
  const isNew = (other: Resident<T>) => mayMeet(other) && !resident.hasMet(other.serial);
  const take = (candidates: Iterable<Resident<T>>, upTo: number, fits: typeof mayMeet) => {
    for (const other of candidates) {
      if (chosen.length >= upTo) return;
      if (fits(other)) chosen.push(other);
    }
  };

  const near = count - Math.floor(count * RANDOM_SHARE + random());
  const ranked = rank(resident, shard, { count, random, mayMeet });
  take(ranked, near, isNew);
  let seen = shard.residents.length;
  for (let at: Neighbourhood<T> | undefined = shard.neighbourhood; at !== undefined; at = at.parent) {
    if (chosen.length >= near) break;
    if (at.size === seen) continue;
    seen = at.size;
    take(draws(at, (near - chosen.length) * DRAWS, random), near, isNew);
  }
  // Where there are not more than wanted all are taken, in order.
  if (root.size > count + 1) take(draws(root, (count - chosen.length) * DRAWS, random), count, isNew);
  take(ranked, count, isNew);
  take(ranked, count, mayMeet);
  if (root.size > shard.residents.length) take(someOfEachShard(root, count, random), count, mayMeet);
  return chosen;
}

/** The `count` best of a shard, best first: those not met, nearest, fewest introductions; equal ones by chance. */
function rank<T>(
  resident: Resident<T>,
  shard: Shard<T>,
  options: {
    readonly count: number;
    readonly random: () => number;
    readonly mayMeet: (other: Resident<T>) => boolean;
  },
): Resident<T>[] {
  const { count, random, mayMeet } = options;
  const start = Math.floor(random() * shard.residents.length);
  const best = bestFrom(start, { resident, shard, count });
  // Nearly always all of them, and asking all others, too, would take longer than ranking them.
  return best.every(mayMeet) ? best : bestFrom(start, { resident, shard, count, mayMeet });
}

function bestFrom<T>(
  start: number,
  options: {
    readonly resident: Resident<T>;
    readonly shard: Shard<T>;
    readonly count: number;
    readonly mayMeet?: (other: Resident<T>) => boolean;
  },
): Resident<T>[] {
  const { resident, shard, count, mayMeet } = options;
  const { residents } = shard;
  const best: number[] = [];
  const scores: number[] = [];
  for (let step = 0; step < residents.length; step++) {
    const index = (start + step) % residents.length;
    if (index === resident.index) continue;
    const worst = best.length < count ? Number.POSITIVE_INFINITY : (scores[count - 1] ?? 0);
    const introductions = shard.introductionsOf(index);
    let score = scoreOf(shard.tierTo(resident.place, index), introductions);
    if (score >= worst) continue;
    if (resident.hasMet(shard.serialOf(index))) score = scoreOf(TIERS.length, introductions);
    if (score >= worst) continue;
    if (mayMeet !== undefined && !mayMeet(residents[index] ?? resident)) continue;
    let at = Math.min(best.length, count - 1);
    for (; at > 0 && (scores[at - 1] ?? 0) > score; at--) {
      scores[at] = scores[at - 1] ?? 0;
      best[at] = best[at - 1] ?? index;
    }
    scores[at] = score;
    best[at] = index;
  }
  return best.map((index) => residents[index] ?? resident);
}

function scoreOf(tier: number, introductions: number): number {
  return tier * 2 ** 24 + Math.min(introductions, 2 ** 24 - 1);
}

/** Residents at random, each with nearly the same chance; of two drawn the one with fewer introductions. */
function* draws<T>(
  neighbourhood: Neighbourhood<T>,
  count: number,
  random: () => number,
): Generator<Resident<T>> {
  for (let drawn = 0; drawn < count; drawn++) {
    const one = draw(neighbourhood, random);
    const other = draw(neighbourhood, random);
    if (one === undefined || other === undefined) continue;
    yield one.introductions <= other.introductions ? one : other;
  }
}

/** A place in a shard is drawn before its resident, so that residents of small shards are not drawn more often. */
function draw<T>({ shards }: Neighbourhood<T>, random: () => number): Resident<T> | undefined {
  for (let tries = 0; tries < DRAWS; tries++) {
    const shard = shards[Math.floor(random() * shards.length)];
    const resident = shard?.residents[Math.floor(random() * SHARD_CAPACITY)];
    if (resident !== undefined) return resident;
  }
  const shard = shards[Math.floor(random() * shards.length)];
  return shard?.residents[Math.floor(random() * shard.residents.length)];
}

/** Finds what chance has missed in a small swarm: looks into a bounded number of shards, one after the other. */
function* someOfEachShard<T>(
  { shards }: Neighbourhood<T>,
  count: number,
  random: () => number,
): Generator<Resident<T>> {
  const start = Math.floor(random() * shards.length);
  for (let step = 0; step < Math.min(shards.length, 2 * count + 2); step++) {
    yield* shards[(start + step) % shards.length]?.residents.slice(0, count + 2) ?? [];
  }
}
