/** The figures of a run. `null` is a figure that this run or engine cannot have. */
export interface Figures {
  /** Viewers that came, those who were replaced included. */
  readonly sessions: number;
  readonly peakViewers: number;
  /** Sessions whose process or page died, or whose player gave up. They count as viewers who never played. */
  readonly failedSessions: number;
  /** Bytes of segments that were handed to the players. */
  readonly loadedBytes: number;
  /** Bytes of segments that the origin sent, with those of broken-off responses; of somebody else's origin, by the viewers' count. */
  readonly originBytes: number;
  /** Bytes of segments from peers that reached a player or lay ready for it. */
  readonly peerBytes: number;
  readonly uploadedBytes: number;
  /** 1 − originBytes ÷ loadedBytes: what the operator saves, the start included. */
  readonly offload: number;
  /** What the engines cannot beat: one copy of each segment for all. `null` where the origin does not tell its segments. */
  readonly offloadLimit: number | null;
  /** Mean of what the origin still sends. */
  readonly residualMbps: number;
  /** The largest of the timeline's steps. */
  readonly residualPeakMbps: number;
  /** The same without peers, from the bytes that were played. */
  readonly withoutPeersPeakMbps: number;
  /** Bytes that came and never reached a player ÷ bytes that did. */
  readonly waste: number;
  /** Mean over the segments whose first copy was sent in the steady part of the run. */
  readonly copiesMean: number | null;
  readonly copiesP95: number | null;
  readonly startupMedianMs: number | null;
  readonly startupP95Ms: number | null;
  readonly stalls: number;
  readonly stalledS: number;
  /** Time waited ÷ time watched. */
  readonly stallRatio: number;
  readonly stalledSessionsShare: number;
  readonly meanKbps: number;
  /** Mean distance to the live edge. */
  readonly latencyS: number | null;
  readonly peersMean: number;
  /** Attempts to connect that failed ÷ attempts. */
  readonly connectFailures: number | null;
  /** Largest upload of a viewer ÷ mean upload of those who may upload. */
  readonly uploadSpread: number | null;
  /** What the origin's bytes cost, and what all bytes would. */
  readonly cost: number;
  readonly costWithoutPeers: number;
  /** The longest that a process with viewers stood still, because the machine was too slow for all of them. */
  readonly heldUpMs: number | null;
}

export const FIGURE_NAMES = [
  "sessions",
  "peakViewers",
  "failedSessions",
  "loadedBytes",
  "originBytes",
  "peerBytes",
  "uploadedBytes",
  "offload",
  "offloadLimit",
  "residualMbps",
  "residualPeakMbps",
  "withoutPeersPeakMbps",
  "waste",
  "copiesMean",
  "copiesP95",
  "startupMedianMs",
  "startupP95Ms",
  "stalls",
  "stalledS",
  "stallRatio",
  "stalledSessionsShare",
  "meanKbps",
  "latencyS",
  "peersMean",
  "connectFailures",
  "uploadSpread",
  "cost",
  "costWithoutPeers",
  "heldUpMs",
] as const satisfies readonly (keyof Figures)[];
