/**
 * With so many peers a viewer looks for no more: the simulator finds that further ones bring next to nothing, and each
 * costs a connection on both sides.
 */
export const ENOUGH_PEERS = 10;

/**
 * Whoever is called by others may come to have more, up to here: about half of a viewer's connections are calls of
 * those who came later, and a newcomer must not find everybody engaged.
 */
export const MOST_PEERS = 30;

/** bittorrent-tracker's client makes no more offers in one announce. */
const MOST_OFFERS = 5;

/**
 * How many peers to call with the next announce. Each call is a connection that gathers its addresses beforehand, so
 * they are not made to nobody. Trackers of one service may know only their own part of a swarm: one call is always
 * made, until there are enough peers.
 *
 * @param peers connected, or about to be.
 * @param others in the swarm, as the tracker told last; `undefined` while it has not.
 */
export function offersWanted(peers: number, others: number | undefined): number {
  if (peers >= ENOUGH_PEERS) return 0;
  const missing = Math.min(ENOUGH_PEERS, others ?? ENOUGH_PEERS) - peers;
  return Math.max(1, Math.min(MOST_OFFERS, missing));
}

/** Whether one more peer may connect. */
export function mayMeetAnother(peers: number): boolean {
  return peers < MOST_PEERS;
}
