/** What a viewer knows of its own uplink from what it has delivered. */
export interface Uplink {
  /** Uploads under way. */
  readonly active: number;
  /** Measured capacity; 0 before the first finished upload. */
  readonly bytesPerMs: number;
}

/** Simultaneous uploads of any one viewer. */
export const MAX_UPLOADS = 8;
/** Before anything is known of the uplink. */
const FIRST_UPLOADS = 2;

/**
 * Whether one more upload may start. As many run at once as finish within half a segment's duration: on a narrow
 * uplink they go one after the other, so that the first copy is complete, and serves others, as early as possible.
 */
export function admitUpload(uplink: Uplink, segmentBytes: number, segmentDurationMs: number): boolean {
  return uplink.active < uploadSlots(uplink.bytesPerMs, segmentBytes, segmentDurationMs);
}

function uploadSlots(bytesPerMs: number, segmentBytes: number, segmentDurationMs: number): number {
  if (bytesPerMs === 0) return FIRST_UPLOADS;
  const slots = Math.floor((bytesPerMs * segmentDurationMs) / 2 / Math.max(1, segmentBytes));
  return Math.max(1, Math.min(MAX_UPLOADS, slots));
}

/**
 * The uplink's capacity after one more finished upload. A slow receiver makes a sample low, nothing makes one too
 * high: faster samples count at once, slower ones with a tenth.
 *
 * @param bytes everything uploaded, to whomever, while that upload ran.
 */
export function learnUplink(bytesPerMs: number, bytes: number, elapsedMs: number): number {
  const sample = bytes / Math.max(1, elapsedMs);
  return Math.max(sample, bytesPerMs * 0.9 + sample * 0.1);
}
