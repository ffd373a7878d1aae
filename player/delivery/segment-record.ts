import type { OriginFailure, OriginFetch } from "./origin-fetch.js";
import type { Segment } from "./segment.js";

/** Where a segment's bytes came from. */
export type Source = "peer" | "origin";

/** Whoever waits for a segment: a fragment loader of hls.js. */
export interface SegmentReceiver {
  delivered(data: ArrayBuffer, source: Source): void;
  failed(failure: OriginFailure): void;
}

/** What is under way for one segment that is not stored yet. */
export interface SegmentRecord {
  segment: Segment;
  /** When it came within reach; see `SegmentView.knownAtMs`. */
  knownAtMs: number | undefined;
  /** It was in the playlist before this viewer had peers: somebody else has fetched it already, probably. */
  isOld: boolean;
  /** Connected peers that were seen to have it. */
  readonly offeredBy: Set<string>;
  receiver: SegmentReceiver | undefined;
  /** When the playhead was to get there, at the earliest that was seen since it was requested. */
  dueAtMs: number;
  fetch: (OriginFetch & { readonly isForRequest: boolean; readonly ended: () => void }) | undefined;
  /** Bytes of it that came from peers, in however many attempts. */
  peerBytes: number;
  /** Not to be elected again before this time: the origin has just failed. */
  restUntilMs: number;
  transfer:
    | {
        readonly peerId: string;
        readonly startedAtMs: number;
        firstByteAtMs: number | undefined;
        loadedBytes: number;
        lastMovedAtMs: number;
        promisedAtMs: number | undefined;
      }
    | undefined;
}

export function newRecord(segment: Segment, isOld: boolean): SegmentRecord {
  return {
    segment,
    knownAtMs: undefined,
    isOld,
    offeredBy: new Set(),
    receiver: undefined,
    dueAtMs: Number.POSITIVE_INFINITY,
    fetch: undefined,
    peerBytes: 0,
    restUntilMs: 0,
    transfer: undefined,
  };
}
