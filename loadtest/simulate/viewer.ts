import { type OriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import type { Session } from "../audience/sessions.js";
import type { Traits } from "../audience/traits.js";
import type { Flow } from "./links.js";
import { numbersOf } from "./numbers.js";

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

/** Bytes per millisecond are kilobytes per second. */
const ViewerNumbers = numbersOf([
  // Playback: the playhead was at `anchorS` at `anchorMs`, and has moved at `rate` since.
  "anchorMs",
  "anchorS",
  "rate",
  "bufferedToS",
  /** When the policies are asked again, and when the buffer may be empty. */
  "lookAtMs",
  "stallCheckAtMs",
  /** Segments that may come in at once; `Infinity` on a wide downlink. */
  "intakeLimit",
  /** Of all flows that have ended. */
  "cameBytes",
  // Links.
  "downBytesPerMs",
  "upBytesPerMs",
  /** What it has found its uplink to be; 0 for not known. */
  "uplinkBytesPerMs",
  /** At which rate peers have delivered to it. */
  "peersBytesPerMs",
  "uplinkFreedAtMs",
  "uploaded",
  "fromPeers",
  "loadedBytes",
  // What it came to.
  "playedMs",
  "stalledMs",
  "latencySumS",
  "peerMs",
  "peerCountSinceMs",
  "joinedAtMs",
]);

/** One simulated viewer. */
export class Viewer extends ViewerNumbers {
  readonly index: number;
  readonly rendition: number;
  /** `gone` and still in its peers' lists: it has crashed and nobody knows yet. */
  state: "coming" | "present" | "gone" = "coming";
  readonly usesPeers: boolean;
  readonly mayUpload: boolean;

  // Segments.
  readonly wants: Want[] = [];
  /** Asked of peers: on their way or not yet begun. */
  readonly transfers: Flow[] = [];
  readonly downloads: Flow[] = [];
  readonly uploads: Flow[] = [];
  /** The segment that playback needs next. */
  next = 0;
  /** The newest one that its playlist has. */
  known = -1;
  /** Everything up to here was looked at. */
  reached = -1;
  /** From the origin, begun and not ended. */
  fetches = 0;
  isAsking = false;
  hasBegun = false;
  isPaused = false;
  isMoveExpected = false;
  isAnnouncing = false;
  /** Cancelled uploads whose slots are still taken. */
  ghosts = 0;
  /** Admitted ones that have not begun. */
  promised = 0;
  hasRefused = false;
  held = 0;
  oldestHeld = 0;
  looks = 0;
  origin: OriginTime = UNKNOWN_ORIGIN;
  stalledSinceMs: number | undefined;
  /** The newest one that its first playlist had. */
  firstKnown = -1;
  firstRequested = -1;
  retries = 0;
  /** Arrived and not announced yet. */
  readonly fresh: number[] = [];

  // Peers.
  peerCount = 0;
  seederCount = 0;
  /** Changes with every peer that comes or goes. */
  meetings = 0;
  meetsSinceMs: number | undefined;
  /** Others in its swarm, as the tracker told last. */
  othersTold: number | undefined;
  firstPeerAtMs: number | undefined;
  peers = new Int32Array(16);
  /** What each of them has delivered at lately, in bytes per millisecond. */
  peerRates = new Float32Array(16);

  readonly session: Session;
  readonly traits: Traits;
  readonly peerId: string;
  startupMs: number | undefined;
  stalls = 0;
  latencyLooks = 0;

  constructor(memory: Float64Array, index: number, session: Session, peerId: string, rendition: number) {
    super(memory, index);
    this.index = index;
    this.session = session;
    this.traits = session.traits;
    this.usesPeers = session.traits.usesPeers;
    this.mayUpload = session.traits.mayUpload;
    this.peerId = peerId;
    this.rendition = rendition;
    this.upBytesPerMs = session.traits.upMbps * 125;
    this.downBytesPerMs = session.traits.downMbps * 125;
    this.stallCheckAtMs = Number.POSITIVE_INFINITY;
    this.lookAtMs = Number.POSITIVE_INFINITY;
    this.intakeLimit = Number.POSITIVE_INFINITY;
    this.uplinkFreedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Memory for the numbers of so many viewers. */
  static memory(viewers: number): Float64Array {
    return new Float64Array(viewers * ViewerNumbers.size);
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
