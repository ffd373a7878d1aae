/** What one upload shows of the uplink. */
export interface UploadSample {
  /** Bytes that left while it ran, to whomever; the least that may have, where a data channel does not tell. */
  readonly bytes: number;
  /** The most that may have left; as many as `bytes` by default. */
  readonly mostBytes?: number;
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
/** Of an upload that found the uplink in use, in what was known from such ones before, */
const SAMPLE_WEIGHT = 1 / 4;
/** and of the first such one. */
const FIRST_SAMPLE_WEIGHT = 1 / 2;

/** Whole segments that leave as quickly do not keep an uplink full. */
export const QUICK_UPLOAD_MS = 250;

/** What is known of how much an uplink carries. */
export interface UplinkCapacity {
  /** Bytes per millisecond; 0 while unknown. */
  readonly bytesPerMs: number;
  /** Whether an upload has told it that found the uplink in use. Others flatter it, by up to three times. */
  readonly isConfirmed: boolean;
}

export const UNKNOWN_CAPACITY: UplinkCapacity = { bytesPerMs: 0, isConfirmed: false };

/** What an uplink has shown is forgotten after so long without another upload, and it is tried again. */
export const MEASURED_FOR_MS = 5 * 60_000;

/** Whether an upload says anything of the uplink's capacity. */
export function tellsOfUplink({ bytes, elapsedMs, wasBusy }: UploadSample): boolean {
  return bytes > 0 && elapsedMs >= (wasBusy ? SHORTEST_SAMPLE_MS : LONG_UPLOAD_MS);
}

/**
 * The uplink's capacity after one more finished upload. One of which it is not known how much has left says between which
 * rates it lies, and nothing else once there is a measurement. Only those that had to wait for the uplink count: sockets,
 * modems and shapers take a first burst at any speed. Of a long one at rest the truth lies between what it shows with its
 * burst, which flatters, and without.
 */
export function learnUplink(known: UplinkCapacity, upload: UploadSample): UplinkCapacity {
  if (!tellsOfUplink(upload)) return known;
  const { bytesPerMs, isConfirmed } = known;
  const sample = rateOf(upload, bytesPerMs);
  if (upload.wasBusy) {
    const weight = isConfirmed ? SAMPLE_WEIGHT : FIRST_SAMPLE_WEIGHT;
    const mean = bytesPerMs === 0 ? sample : bytesPerMs + (sample - bytesPerMs) * weight;
    return { bytesPerMs: mean, isConfirmed: true };
  }
  const atLeast = sample * (1 - BURST_SHARE);
  if (bytesPerMs === 0) return { bytesPerMs: atLeast, isConfirmed };
  return { bytesPerMs: (bytesPerMs + Math.max(atLeast, Math.min(sample, bytesPerMs))) / 2, isConfirmed };
}

/** Of what an upload leaves open, what is nearest to the rate that is known; the least while none is. */
function rateOf({ bytes, mostBytes = bytes, elapsedMs }: UploadSample, known: number): number {
  const [least, most] = [bytes / elapsedMs, mostBytes / elapsedMs];
  return known === 0 ? least : Math.min(Math.max(known, least), most);
}
