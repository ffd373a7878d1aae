import { type OriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import type { Session } from "../audience/sessions.js";
import type { Traits } from "../audience/traits.js";
import type { Flow } from "./links.js";
import { recordsOf } from "./records.js";
import type { Want } from "./want.js";

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** Each of these lists in a line of memory: what one event looks at should lie together. */
const ViewerRecord = recordsOf({
  hasBegun: "flag",
  /** It has something to show, and will in a moment. */
  isBeginning: "flag",
  isPaused: "flag",
  isAsking: "flag",
  isMoveExpected: "flag",
  isAnnouncing: "flag",
  // Playback: the playhead was at `anchorS` at `anchorMs`, and has moved at `rate` since.
  anchorMs: "number",
  anchorS: "number",
  rate: "number",
  bufferedToS: "number",
  /** The segment that playback needs next. */
  next: "number",
  /** The newest one that its playlist has. */
  known: "number",
  /** Everything up to here was looked at. */
  reached: "number",

  firstRequested: "number",
  /** When the policies are asked again, and when the buffer may be empty. */
  lookAtMs: "number",
  looks: "number",
  stallCheckAtMs: "number",
  stalledSinceMs: "number?",
  peerCount: "number",
  /** Changes with every peer that comes or goes. */
  meetings: "number",
  /** Segments that may come in at once; `Infinity` on a wide downlink. */
  intakeLimit: "number",

  seederCount: "number",
  firstPeerAtMs: "number?",
  meetsSinceMs: "number?",
  /** From the origin, begun and not ended. */
  fetches: "number",
  /** At which rate peers have delivered to it. */
  peersBytesPerMs: "number",
  // What it has learnt of the origin: the player's `OriginTime`.
  originMeanMs: "number",
  originDeviationMs: "number",
  originFirstByteMs: "number",

  originBytesPerMs: "number",
  downBytesPerMs: "number",
  /** What is left of its uplink for segments. */
  upBytesPerMs: "number",
  accessRttMs: "number",
  /** Of all flows that have ended. */
  cameBytes: "number",
  uploaded: "number",
  /** Cancelled uploads whose slots are still taken. */
  ghosts: "number",
  /** Admitted ones that have not begun. */
  promised: "number",

  /** What it has found its uplink to be; 0 for not known. */
  uplinkBytesPerMs: "number",
  /** Whether that was seen while it was in use. */
  isUplinkConfirmed: "flag",
  /** A segment has left too fast for a measurement. */
  isUplinkWide: "flag",
  /** Uploads that have told it. */
  uplinkWitnesses: "number",
  uplinkFreedAtMs: "number",
  network: "number",
  place: "number",
  fromPeers: "number",
  loadedBytes: "number",
  held: "number",

  oldestHeld: "number",
  latencySumS: "number",
  latencyLooks: "number",
  // Its player's estimate: hls.js' averages.
  fastKbps: "number",
  slowKbps: "number",
  loadedS: "number",
  /** The newest one that its first playlist had. */
  firstKnown: "number",
  retries: "number",

  // Few events look at what follows.
  /** Others in its swarm, as the tracker told last. */
  othersTold: "number?",
  /** Changes with every announcement that it makes because it has lost a peer. */
  callsAgain: "number",
  joinedAtMs: "number",
  /** Swarms that it has set out to join. */
  swarms: "number",
  startupMs: "number?",
  playedMs: "number",
  stalls: "number",
  stalledMs: "number",
  peerMs: "number",

  peerCountSinceMs: "number",
});

/** One simulated viewer. */
export class Viewer extends ViewerRecord {
  readonly index: number;
  /** The one that it loads now. */
  rendition: number;
  /** `gone` and still in its peers' lists: it has crashed and nobody knows yet. */
  state: "coming" | "present" | "gone" = "coming";
  readonly usesPeers: boolean;
  /** As the letter in its peer id has it. */
  mayUpload = false;
  /** It tells peers what it holds. */
  announces = false;
  readonly pollutes: boolean;

  /** In the order of their segments. */
  readonly wants: Want[] = [];
  /** Asked of peers: on their way or not yet begun. */
  readonly transfers: Flow[] = [];
  readonly downloads: Flow[] = [];
  readonly uploads: Flow[] = [];
  /** Arrived and not announced yet. */
  readonly fresh: number[] = [];

  readonly session: Session;
  readonly traits: Traits;
  readonly peerId: string;

  constructor(memory: Float64Array, index: number, session: Session, peerId: string) {
    super(memory, index);
    this.index = index;
    this.session = session;
    this.traits = session.traits;
    this.usesPeers = session.traits.usesPeers;
    this.setMayUpload(session.traits.mayUpload);
    this.pollutes = session.traits.conduct === "polluter";
    this.peerId = peerId;
    this.rendition = 0;
    this.downBytesPerMs = session.traits.downMbps * 125;
    this.accessRttMs = session.traits.accessRttMs;
    this.network = session.traits.network;
    this.place = session.traits.place;
    this.learnt(UNKNOWN_ORIGIN);
    this.known = -1;
    this.reached = -1;
    this.firstKnown = -1;
    this.firstRequested = -1;
    this.stallCheckAtMs = Number.POSITIVE_INFINITY;
    this.lookAtMs = Number.POSITIVE_INFINITY;
    this.intakeLimit = Number.POSITIVE_INFINITY;
    this.uplinkFreedAtMs = Number.NEGATIVE_INFINITY;
  }

  setMayUpload(mayUpload: boolean): void {
    this.mayUpload = mayUpload;
    this.announces = mayUpload && this.traits.conduct !== "free-rider";
  }

  learnt(origin: OriginTime): void {
    this.originMeanMs = origin.meanMs;
    this.originDeviationMs = origin.deviationMs;
    this.originFirstByteMs = origin.firstByteMs;
    this.originBytesPerMs = origin.bytesPerMs;
  }

  /** What it has {@link learnt}, written into `origin`. */
  recall(origin: Writable<OriginTime>): OriginTime {
    origin.meanMs = this.originMeanMs;
    origin.deviationMs = this.originDeviationMs;
    origin.firstByteMs = this.originFirstByteMs;
    origin.bytesPerMs = this.originBytesPerMs;
    return origin;
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
