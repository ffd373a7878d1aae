/**
 * Rendezvous hashing (highest random weight): every peer orders the same candidates in the same way without
 * talking to them, and a peer that comes or goes changes the outcome only for the segments it wins.
 */

/** A candidate's weight for a segment, in [0, 2^32). FNV-1a over both names, then MurmurHash3's finaliser. */
export function seedingWeight(segment: string, peerId: string): number {
  let hash = 0x811c9dc5;
  for (const text of [segment, "\n", peerId]) {
    for (let i = 0; i < text.length; i++) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
  }
  // FNV's last characters hardly reach its upper bits; without this, ids alike but for their ends win in rows.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The place of `self` among itself and `others` for fetching `segment` from the origin: 0 fetches, 1 backs up
 * rank 0, and so on. Equal weights are ordered by id, so that a full mesh always has exactly one rank 0.
 *
 * @param others ids of connected peers that may seed; `self` and duplicates among them do not count.
 */
export function seedingRank(segment: string, self: string, others: Iterable<string>): number {
  const own = seedingWeight(segment, self);
  let rank = 0;
  for (const other of new Set(others)) {
    if (other === self) continue;
    if (outranks(seedingWeight(segment, other), other, own, self)) rank++;
  }
  return rank;
}

/** Whether a candidate comes before another one. Equal weights are ordered by id. */
export function outranks(weight: number, id: string, otherWeight: number, otherId: string): boolean {
  return weight > otherWeight || (weight === otherWeight && id > otherId);
}
