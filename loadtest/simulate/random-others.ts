/** Where an announcing peer stands among the peers of its swarm. */
export interface Neighbourhood {
  /** How many peers there are; they are numbered from 0. */
  readonly size: number;
  /** The number of the announcing peer itself. */
  readonly self: number;
}

/**
 * Decides whom a peer is introduced to where nearness does not count: up to `count` different others, all equally likely.
 *
 * Robert Floyd's sampling: `count` draws whatever the size of the swarm, and no copy of it.
 *
 * @param random returns numbers in [0, 1).
 * @returns numbers of peers.
 */
export function randomOthers({ size, self }: Neighbourhood, count: number, random: () => number): number[] {
  const others = size - 1;
  const chosen = new Set<number>();
  for (let last = Math.max(0, others - count); last < others; last++) {
    const drawn = Math.floor(random() * (last + 1));
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return Array.from(chosen, (index) => (index < self ? index : index + 1));
}
