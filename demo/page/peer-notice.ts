import type { NearcastStats } from "../../player/index.js";

export interface PeerSituation {
  /** `undefined` before the player has begun, and where it takes no part. */
  readonly mode: NearcastStats["mode"] | undefined;
  /** The browser plays HLS without the player's help. */
  readonly playsNatively: boolean;
  readonly peers: number;
  /** Time of day of the last failure; `undefined` once a peer was found after it. */
  readonly trackerFailedAt: string | undefined;
}

/** Why segments do not come from peers, for the page; `undefined` where nothing is in the way. */
export function peerNotice(situation: PeerSituation): string | undefined {
  const { mode, playsNatively, peers, trackerFailedAt } = situation;
  if (playsNatively) return "This browser plays HLS by itself: everything comes from the origin, uncounted.";
  if (mode?.uses === "origin") return `Everything comes from the origin: ${mode.because}.`;
  if (trackerFailedAt === undefined) return undefined;
  const failure = `The tracker could not be reached at ${trackerFailedAt}; the player tries again by itself.`;
  return peers > 0
    ? `${failure} The peers found before stay.`
    : `${failure} Until it finds peers, everything comes from the origin.`;
}
