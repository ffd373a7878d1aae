/** With how many others a viewer is connected. */
export interface PeerCounts {
  /** With so many it looks for no more. */
  readonly enough: number;
  /** Whoever is called by others may come to have more, up to here. */
  readonly most: number;
}

/**
 * On uplinks of a few times the bitrate more peers spread the same uplinks over more requests, and each costs a
 * connection on both sides; the simulator finds ten best there. Where uplinks are wide, more would save more. About half
 * of a viewer's connections are calls of those who came later; a newcomer must not find everybody engaged.
 */
export const USUAL_PEER_COUNTS: PeerCounts = { enough: 10, most: 30 };

/** Connections take a second or two where many devices' processors are busy. */
const AGAIN_MS = 4_000;
/** Later than that, the tracker's own interval is sooner. */
const MOST_AGAIN = 3;

/** bittorrent-tracker's client makes no more offers in one announce. */
const MOST_OFFERS = 5;

/**
 * How many peers to call with the next announce. Each call is a connection that gathers its addresses beforehand, so
 * they are not made to nobody. Trackers of one service may know only their own part of a swarm: one call is always
 * made, until there are enough peers.
 *
 * A tracker does not know who is connected with whom, and few calls in a small swarm mostly reach those that one has
 * met. Where somebody was lost, or is missing from the start, everybody is called for a while.
 *
 * @param peers connected, or about to be.
 * @param others in the swarm, as the tracker told last; `undefined` while it has not.
 * @param announces that the tracker has answered since the viewer came, or since it lost a peer.
 */
export function offersWanted(
  peers: number,
  others: number | undefined,
  announces: number,
  { enough } = USUAL_PEER_COUNTS,
): number {
  if (peers >= enough) return 0;
  if (others !== undefined && others <= enough && peers < others && announces <= MOST_AGAIN)
    return Math.min(MOST_OFFERS, others);
  const missing = Math.min(enough, others ?? enough) - peers;
  return Math.max(1, Math.min(MOST_OFFERS, missing));
}

/** Whether one more peer may connect. */
export function mayMeetAnother(peers: number, { most } = USUAL_PEER_COUNTS): boolean {
  return peers < most;
}

/**
 * When to announce again to get more peers, before the tracker's interval is over: an announce has five offers at most,
 * connections fail and are lost. Small swarms share best where everybody knows everybody; in large ones it can wait,
 * unless there are few.
 *
 * @param others in the swarm, as the tracker told last.
 * @param announces since the viewer came, or since it lost a peer.
 * @param random a number in [0, 1).
 * @returns milliseconds from the last announce; `undefined` where the interval is soon enough.
 */
export function announceAgainMs(
  peers: number,
  others: number,
  announces: number,
  random: number,
  { enough } = USUAL_PEER_COUNTS,
): number | undefined {
  const isSmall = others <= enough;
  if (peers >= (isSmall ? others : enough / 2) || announces > MOST_AGAIN) return undefined;
  return AGAIN_MS * 2 ** (announces - 1) * (0.75 + random / 2);
}
