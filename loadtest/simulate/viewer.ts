import { type OriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import type { Session } from "../audience/sessions.js";
import type { Traits } from "../audience/traits.js";
import type { Flow } from "./links.js";

/** What is under way for one segment that a viewer does not hold yet; as the player's `SegmentRecord`. */
export interface Want {
  readonly segment: number;
  readonly knownAtMs: number;
  /** It was in the playlist before this viewer had peers. */
  readonly isOld: boolean;
  isRequested: boolean;
  /** A transfer from a peer may begin: there is time for it to fail. */
  hasTimeForPeers: boolean;
  dueAtMs: number;
  /** From the origin. */
  fetch: Flow | undefined;
  isFetchedForRequest: boolean;
  /** From a peer. */
  transfer: Flow | undefined;
  promisedAtMs: number | undefined;
  /** A connected peer was seen to have it. */
  isOffered: boolean;
  restUntilMs: number;
  rank: number;
  /** The viewer's `meetings` when `rank` was found. */
  rankOf: number;
}

/** One simulated viewer. Bytes per millisecond are kilobytes per second. */
export class Viewer {
  readonly index: number;
  readonly session: Session;
  readonly traits: Traits;
  readonly peerId: string;
  readonly rendition: number;
  readonly upBytesPerMs: number;
  readonly downBytesPerMs: number;
  /** `gone` and still in its peers' lists: it has crashed and nobody knows yet. */
  state: "coming" | "present" | "gone" = "coming";

  // Playback, as hls.js does it.
  joinedAtMs = 0;
  /** The playhead was at `anchorS` at `anchorMs`, and has moved at `rate` since. */
  anchorMs = 0;
  anchorS = 0;
  rate = 0;
  bufferedToS = 0;
  /** The segment that playback needs next. */
  next = 0;
  isAsking = false;
  hasBegun = false;
  isPaused = false;
  stalledSinceMs: number | undefined;
  startupMs: number | undefined;
  playedMs = 0;
  stalls = 0;
  stalledMs = 0;
  stallCheckAtMs = Number.POSITIVE_INFINITY;
  isMoveExpected = false;
  retries = 0;

  // Segments.
  /** The newest one that its playlist has. */
  known = -1;
  /** The newest one that its first playlist had. */
  firstKnown = -1;
  firstRequested = -1;
  /** Everything up to here was looked at. */
  reached = -1;
  readonly wants: Want[] = [];
  held = 0;
  oldestHeld = 0;
  origin: OriginTime = UNKNOWN_ORIGIN;
  lookAtMs = Number.POSITIVE_INFINITY;
  looks = 0;

  // Peers.
  meetsSinceMs: number | undefined;
  firstPeerAtMs: number | undefined;
  peers = new Int32Array(16);
  /** What each of them has delivered at lately, in bytes per millisecond. */
  peerRates = new Float32Array(16);
  peerCount = 0;
  seederCount = 0;
  /** Changes with every peer that comes or goes. */
  meetings = 0;
  isAnnouncing = false;
  /** Arrived and not announced yet. */
  readonly fresh: number[] = [];
  peerMs = 0;
  peerCountSinceMs = 0;

  // Transfers.
  /** Segments that may come in at once; `Infinity` on a wide downlink. */
  intakeLimit = Number.POSITIVE_INFINITY;
  /** From the origin, begun and not ended. */
  fetches = 0;
  /** Of all flows that have ended. */
  cameBytes = 0;
  readonly uploads: Flow[] = [];
  readonly downloads: Flow[] = [];
  /** Asked of peers: on their way or not yet begun. */
  readonly transfers: Flow[] = [];
  /** Cancelled ones whose slots are still taken. */
  ghosts = 0;
  /** Admitted ones that have not begun. */
  promised = 0;
  hasRefused = false;
  /** What it has found its uplink to be; 0 for not known. */
  uplinkBytesPerMs = 0;
  /** At which rate peers have delivered to it. */
  peersBytesPerMs = 0;
  uplinkFreedAtMs = Number.NEGATIVE_INFINITY;

  // What it came to.
  loadedBytes = 0;
  fromPeers = 0;
  uploaded = 0;
  latencySumS = 0;
  latencyLooks = 0;

  constructor(index: number, session: Session, peerId: string, rendition: number) {
    this.index = index;
    this.session = session;
    this.traits = session.traits;
    this.peerId = peerId;
    this.rendition = rendition;
    this.upBytesPerMs = session.traits.upMbps * 125;
    this.downBytesPerMs = session.traits.downMbps * 125;
  }

  positionS(nowMs: number): number {
    if (this.rate === 0) return this.anchorS;
    return Math.min(this.bufferedToS, this.anchorS + ((nowMs - this.anchorMs) / 1000) * this.rate);
  }

  want(segment: number): Want | undefined {
    for (const want of this.wants) if (want.segment === segment) return want;
    return undefined;
  }
}
