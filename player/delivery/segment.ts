import type { SegmentDigest } from "../protocol/index.js";

/** A rendition or an audio track: what peers form one swarm about. */
export interface Track {
  /** Unique on this page, e.g. `main:2`. */
  readonly id: string;
  readonly type: "main" | "audio";
  /** Names the track in the same way for every viewer of the stream. */
  readonly fingerprint: string;
  /** As the playlist says; `undefined` where it says nothing. */
  readonly bitsPerSecond?: number | undefined;
}

/** One media segment of a track. Times are seconds of the player's timeline. */
export interface Segment {
  readonly track: Track;
  /** Media sequence number for live, place in the playlist for VOD: the same for every viewer. */
  readonly number: number;
  readonly url: string;
  /** First and last byte, both included. */
  readonly byteRange: { readonly start: number; readonly end: number } | undefined;
  readonly startS: number;
  readonly endS: number;
  /** What the playlist claims of its bytes; whether that is to be believed is another question. */
  readonly digest: SegmentDigest | undefined;
}

/** Unique on this page. */
export function segmentKey(track: Track, number: number): string {
  return `${track.id}/${number}`;
}
