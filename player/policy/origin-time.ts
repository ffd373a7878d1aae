/** What a viewer has learnt of its origin: how long a fetch takes, how much that varies, and how fast bytes come. */
export interface OriginTime {
  /** Smoothed duration of a whole segment's fetch. */
  readonly meanMs: number;
  /** Smoothed absolute deviation from the mean. */
  readonly deviationMs: number;
  /** Smoothed time to the first byte. */
  readonly firstByteMs: number;
  /**
   * Smoothed rate at which bytes came, after the first, while one was fetched: with those that came for other segments
   * at the same time, since a fetch that is alone will have all of it. 0 before the first sample.
   */
  readonly bytesPerMs: number;
}

/** Before anything was measured: cautious enough for a mobile network. */
export const UNKNOWN_ORIGIN: OriginTime = { meanMs: 500, deviationMs: 250, firstByteMs: 100, bytesPerMs: 0 };

export interface OriginSample {
  readonly durationMs: number;
  readonly firstByteMs: number;
  readonly bytes: number;
  /** Bytes of other segments that came while it ran. */
  readonly sharedBytes: number;
}

/** Weights of RFC 6298's round-trip estimator: 1/8 for means, 1/4 for the deviation. */
export function learnOriginTime(known: OriginTime, sample: OriginSample): OriginTime {
  const streamingMs = Math.max(1, sample.durationMs - sample.firstByteMs);
  const sharedBytes = (sample.sharedBytes * streamingMs) / Math.max(streamingMs, sample.durationMs);
  const bytesPerMs = (sample.bytes + sharedBytes) / streamingMs;
  if (known.bytesPerMs === 0) {
    const { durationMs, firstByteMs } = sample;
    return { meanMs: durationMs, deviationMs: durationMs / 2, firstByteMs, bytesPerMs };
  }
  const error = Math.abs(sample.durationMs - known.meanMs);
  return {
    meanMs: known.meanMs + (sample.durationMs - known.meanMs) / 8,
    deviationMs: known.deviationMs + (error - known.deviationMs) / 4,
    firstByteMs: known.firstByteMs + (sample.firstByteMs - known.firstByteMs) / 8,
    bytesPerMs: known.bytesPerMs + (bytesPerMs - known.bytesPerMs) / 4,
  };
}

/**
 * The same for a viewer whose uplink is in use: its requests wait until what its data channels have taken over has left.
 *
 * @param queueMs how long that takes; 0 where the uplink is not known.
 */
export function behindUploads(origin: OriginTime, queueMs: number): OriginTime {
  return { ...origin, deviationMs: Math.max(origin.deviationMs, queueMs / 4) };
}

/**
 * The same for segments of another rendition. What a small one has taken says too little of one that is larger, and
 * players begin with small ones. It is as uncertain as a first sample.
 *
 * @param sizeFactor so many times as large are they as those before.
 */
export function resized(origin: OriginTime, sizeFactor: number): OriginTime {
  if (origin.bytesPerMs === 0) return origin;
  const streamingMs = Math.max(0, origin.meanMs - origin.firstByteMs);
  const meanMs = origin.firstByteMs + streamingMs * sizeFactor;
  return { ...origin, meanMs, deviationMs: Math.max(origin.deviationMs, meanMs / 2) };
}

/** A duration within which nearly all fetches end: mean plus four deviations. */
export function safeOriginMs(origin: OriginTime): number {
  return origin.meanMs + 4 * origin.deviationMs;
}
