import type { Shaping } from "../links/shaping.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Figures } from "./figures.js";

export type EngineName = "simulate" | "peers" | "browsers";

/** What one run came to: the same for all engines, and what `--json` writes. */
export interface LoadResult {
  readonly format: "nearcast-loadtest/1";
  readonly engine: EngineName;
  readonly scenario: Scenario;
  /** The run was interrupted; everything below is what was seen until then. */
  readonly isPartial: boolean;
  readonly ranS: number;
  readonly figures: Figures;
  readonly timeline: Timeline;
  readonly distributions: Distributions;
  /** Complete copies that the origin has sent of each segment (of each rendition), in the order of first copies. */
  readonly copiesPerSegment: readonly number[];
  /** Bytes from peers by what the two viewers have in common; empty where the engine cannot tell. */
  readonly peerBytesByNearness: Readonly<Record<string, number>>;
  /** How each viewer's link was made; `null` where links are simulated. */
  readonly shaping: Shaping | null;
}

/** What happened in each step of the run. */
export interface Timeline {
  readonly stepS: number;
  readonly originBytes: readonly number[];
  readonly peerBytes: readonly number[];
  readonly uploadedBytes: readonly number[];
  /** At the end of the step. */
  readonly viewers: readonly number[];
  /** Of them, those whose playback waited. */
  readonly stalled: readonly number[];
}

/** Each is a list of values at equal distances: the smallest, …, the median in the middle, …, the largest. */
export interface Distributions {
  /** From the wish to play to the first frame. */
  readonly startupMs: readonly number[];
  /** Time that a viewer waited, per session. */
  readonly stalledS: readonly number[];
  /** Bytes uploaded ÷ bytes played, per session. */
  readonly uploadRatio: readonly number[];
  /** Mean uplink use of those who may upload, as a share of its capacity; empty where capacities are not known. */
  readonly uplinkUse: readonly number[];
  /** Peers of a viewer, mean over its life. */
  readonly peers: readonly number[];
}

/** A result file cannot be used; the message names it. */
export class ResultError extends Error {
  override readonly name = "ResultError";
}
