/** What a viewer knows of its own uplink. */
export interface Uplink {
  /** Uploads under way. */
  readonly active: number;
  /** Its capacity, as it was measured or as neighbours' uplinks suggest; 0 for no idea. */
  readonly bytesPerMs: number;
  readonly isMeasured: boolean;
}

/** Simultaneous uploads of any one viewer. */
export const MAX_UPLOADS = 8;
/** On an uplink of which only is known that it is not narrow. */
const FIRST_UPLOADS = 2;
/** So much buffer outlasts a fetch whose request and receipts wait behind an upload. */
const SAFE_BUFFER_MS = 4_000;
/** An upload that takes more than this share of a segment's duration leaves an uplink too little for anything else. */
const FILLING_SHARE = 1 / 2;
/** Uploads that take longer than a segment lasts help nobody for long. */
const USELESS_SHARE = 1;

/**
 * Whether one more upload may start. As many run at once as finish within half a segment's duration: on a narrow
 * uplink they go one after the other, so that the first copy is complete, and serves others, as early as possible.
 *
 * An upload that takes longer than that keeps the uplink full, and all that the viewer itself asks for waits behind it:
 * such uploads are for viewers with something in the buffer. Any may turn out to be one until a first has been measured,
 * which therefore goes alone. Those of an uplink below the bitrate are not worth it.
 *
 * @param bufferMs media that the viewer has ahead of its playhead.
 */
export function admitUpload(
  uplink: Uplink,
  segmentBytes: number,
  segmentDurationMs: number,
  bufferMs: number,
): boolean {
  const { active, bytesPerMs, isMeasured } = uplink;
  const share = bytesPerMs > 0 ? segmentBytes / (bytesPerMs * segmentDurationMs) : 0;
  if (isMeasured && share > USELESS_SHARE) return false;
  if (share > FILLING_SHARE && bufferMs < SAFE_BUFFER_MS) return false;
  if (!isMeasured && (active > 0 || bufferMs < Math.min(SAFE_BUFFER_MS, 1.5 * segmentDurationMs)))
    return false;
  return active < uploadSlots(bytesPerMs, segmentBytes, segmentDurationMs);
}

/** Playback that waits for a fetch stands still when this is played. */
const CRITICAL_BUFFER_MS = 2_000;
/** Uploads that take no longer end by themselves in time. */
const LASTING_UPLOAD_MS = 1_000;

/**
 * Whether an upload is ended for the sake of the viewer's own fetch, which may be waiting behind it: the first one of a
 * narrow uplink may take longer than the buffer lasts.
 *
 * @param runningMs since it began.
 * @param bufferMs media that the viewer has ahead of its playhead.
 */
export function yieldsToPlayback(runningMs: number, bufferMs: number): boolean {
  return runningMs > LASTING_UPLOAD_MS && bufferMs < CRITICAL_BUFFER_MS;
}

function uploadSlots(bytesPerMs: number, segmentBytes: number, segmentDurationMs: number): number {
  if (bytesPerMs === 0) return FIRST_UPLOADS;
  const slots = Math.floor((bytesPerMs * segmentDurationMs) / 2 / Math.max(1, segmentBytes));
  return Math.max(1, Math.min(MAX_UPLOADS, slots));
}

/** What one upload shows of the uplink. */
export interface UploadSample {
  /** Bytes that left while it ran, to whomever. */
  readonly bytes: number;
  readonly elapsedMs: number;
  /** The uplink was already in use when it began, so that no burst was let through for free. */
  readonly wasBusy: boolean;
}

/** Shorter samples show how fast buffers fill, not how fast they empty. */
const SHORTEST_SAMPLE_MS = 50;
/** What goes on so long after a rest has outlasted the burst that was let through for free, */
const LONG_UPLOAD_MS = 250;
/** which makes up about so much of it. */
const BURST_SHARE = 0.1;

/**
 * The uplink's capacity after one more finished upload. Only those that had to wait for the uplink count: sockets,
 * modems and shapers take a first burst at any speed. While nothing is known, a long one says enough without its burst,
 * and later a slower one does with it, which only flatters.
 *
 * @param bytesPerMs the capacity known before; 0 while unknown.
 */
export function learnUplink(bytesPerMs: number, { bytes, elapsedMs, wasBusy }: UploadSample): number {
  if (!wasBusy) {
    if (elapsedMs < LONG_UPLOAD_MS || bytes <= 0) return bytesPerMs;
    if (bytesPerMs === 0) return (bytes * (1 - BURST_SHARE)) / elapsedMs;
    return Math.min(bytesPerMs, (bytesPerMs + bytes / elapsedMs) / 2);
  }
  if (bytes <= 0 || elapsedMs < SHORTEST_SAMPLE_MS) return bytesPerMs;
  const sample = bytes / elapsedMs;
  return bytesPerMs === 0 ? sample : bytesPerMs * 0.75 + sample * 0.25;
}
