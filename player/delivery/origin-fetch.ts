import type { Segment } from "./segment.js";

/** How a viewer gets a segment from its origin. The browser's goes through hls.js' own loader. */
export type StartOriginFetch = (segment: Segment, listener: OriginFetchListener) => OriginFetch;

export interface OriginFetch {
  progress(): OriginProgress;
  abort(): void;
}

/** State of a running fetch, for hls.js' abandon rule. */
export interface OriginProgress {
  readonly startedAtMs: number;
  /** 0 before the first byte. */
  readonly firstByteAtMs: number;
  readonly loadedBytes: number;
  /** 0 while unknown. */
  readonly totalBytes: number;
}

export interface OriginFetchListener {
  done(data: ArrayBuffer, timing: { readonly durationMs: number; readonly firstByteMs: number }): void;
  failed(failure: OriginFailure): void;
}

export interface OriginFailure {
  /** HTTP status, or 0 where there was no answer. */
  readonly code: number;
  readonly text: string;
  readonly isTimeout: boolean;
}
