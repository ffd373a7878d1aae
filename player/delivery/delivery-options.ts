import type { Clock } from "../clock.js";
import type { Integrity } from "../integrity/integrity.js";
import type { UploadBudget } from "../policy/upload-budget.js";
import type { Rejection } from "./arrival.js";
import type { Ledger } from "./ledger.js";
import type { StartOriginFetch } from "./origin-fetch.js";
import type { Segment } from "./segment.js";
import type { Source } from "./segment-record.js";
import type { Playhead } from "./segment-view.js";

export interface DeliveryOptions {
  readonly swarmId: string;
  /** Asked each time a swarm is joined. */
  readonly trackers: () => readonly string[];
  /** Makes an id that says whether this viewer uploads. */
  readonly newPeerId: (mayUpload: boolean) => string;
  /** Asked each time, too, as credentials expire. */
  readonly iceServers: () => readonly RTCIceServer[];
  /** Tells which ICE servers are worth using; asked once, when the first segment is wanted. */
  readonly reachableIceServers: (servers: readonly RTCIceServer[]) => Promise<readonly RTCIceServer[]>;
  /** Whether this viewer uploads; see `Delivery.setMayUpload`. */
  readonly mayUpload: boolean;
  /** Whether peers and the tracker may be contacted; see `Delivery.setMayConnect`. */
  readonly mayConnect: boolean;
  readonly uploadBudget: UploadBudget;
  readonly memoryLimitBytes: number;
  readonly windowS: number;
  readonly startFetch: StartOriginFetch;
  readonly playhead: () => Playhead;
  /** What playlists vouch for. */
  readonly integrity: SegmentTrust;
  /** Whether segments from the origin are checked, too. */
  readonly verifyOrigin: boolean;
  readonly ledger: Ledger;
  readonly listener: DeliveryListener;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Returns numbers in [0, 1).
   * @default Math.random
   */
  readonly random?: () => number;
}

/** Tells which segments peers may be asked for, and whether what they send is right. */
export type SegmentTrust = Pick<Integrity, "mayShare" | "check" | "isUseful">;

export interface DeliveryListener {
  peerConnected(peerId: string): void;
  peerDisconnected(peerId: string): void;
  /** A segment is complete, for playback or ahead of it. */
  segmentArrived(segment: Segment, bytes: number, source: Source, peerId: string | undefined): void;
  /** A segment from peers is not what its playlist says. */
  segmentRejected(rejection: Rejection): void;
  /** A peer was let go for what it did, or was not let in for what it had done. */
  peerRefused(peerId: string): void;
  uploaded(bytes: number, peerId: string): void;
  trackerFailed(error: unknown): void;
}
