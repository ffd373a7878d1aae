import type { Segment } from "./segment.js";
import type { Source } from "./segment-record.js";

/** A whole segment has come. */
export interface Arrival {
  readonly segment: Segment;
  /** Belongs to whoever is told. */
  readonly data: ArrayBuffer;
  readonly source: Source;
  /** The peer that delivered it, or its last part. */
  readonly peerId: string | undefined;
  /** It is handed over for playback in the same moment. */
  readonly isPlayed: boolean;
  readonly isVerified: boolean;
}

/** A segment came from peers that is not what the playlist says. */
export interface Rejection {
  readonly segment: Segment;
  readonly bytes: number;
  /** The one that delivered all of it; `undefined` where several had a part in it, or may have had. */
  readonly polluter: string | undefined;
}
