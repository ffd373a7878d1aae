import { sum } from "../bench/statistics.js";
import { segmentBytes } from "../scenario/segment-bytes.js";
import type { StreamPlan } from "../scenario/stream.js";

/** The stream's timeline: segment n covers the media seconds from n to n + 1 times the segments' duration. */
export class Programme {
  readonly isLive: boolean;
  readonly segmentS: number;
  readonly segmentMs: number;
  /** How many there will have been at the end of the run. */
  readonly segments: number;
  readonly latencyS: number;
  readonly windowSegments: number;
  /** Of a rendition's segments, each in turn. */
  readonly #segmentBytes: readonly (readonly number[])[];
  readonly #meanBytes: readonly number[];
  /** Live: segments that were there before the run. */
  readonly #before: number;

  constructor(stream: StreamPlan, durationS: number) {
    this.isLive = stream.kind === "live";
    this.segmentS = stream.segmentS;
    this.segmentMs = stream.segmentS * 1000;
    this.latencyS = stream.latencySegments * stream.segmentS;
    this.windowSegments = stream.windowSegments;
    this.#before = stream.windowSegments;
    this.segments = this.isLive
      ? this.#before + Math.ceil(durationS / stream.segmentS) + 1
      : Math.ceil(stream.lengthS / stream.segmentS);
    this.#segmentBytes = segmentBytes(stream);
    this.#meanBytes = this.#segmentBytes.map((sizes) => sum(sizes) / sizes.length);
  }

  bytesOf(rendition: number, segment: number): number {
    const sizes = this.#segmentBytes[rendition] as readonly number[];
    return sizes[segment % sizes.length] as number;
  }

  /** Mean size of a rendition's segments. */
  meanBytesOf(rendition: number): number {
    return this.#meanBytes[rendition] as number;
  }

  /** The newest segment in the playlist. */
  newest(nowMs: number): number {
    if (!this.isLive) return this.segments - 1;
    return Math.min(this.segments - 1, this.#before - 1 + Math.floor(nowMs / this.segmentMs));
  }

  /** The first one in the playlist. */
  oldest(nowMs: number): number {
    return this.isLive ? Math.max(0, this.newest(nowMs) - this.windowSegments + 1) : 0;
  }

  /** Media time that is being recorded now; live only. */
  edgeS(nowMs: number): number {
    return this.#before * this.segmentS + nowMs / 1000;
  }
}
