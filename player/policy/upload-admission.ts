/** What a viewer knows of its own uplink. */
export interface Uplink {
  /** Uploads under way. */
  readonly active: number;
  /** Its capacity, as it was measured or as neighbours' uplinks suggest; 0 for no idea. */
  readonly bytesPerMs: number;
  /** Whether the measured capacity can be relied on, or a segment has left too fast for a measurement. */
  readonly isProven: boolean;
  /** Receivers by whose uploads it was measured, and its last verdict. One alone may be slow itself. */
  readonly witnesses: number;
}

/** Simultaneous uploads of any one viewer. */
export const MAX_UPLOADS = 8;
/** On an uplink of which only is known that it is not narrow, or that was measured at rest only. */
const FIRST_UPLOADS = 2;
/** So much buffer outlasts a fetch whose request and receipts wait behind an upload. */
const SAFE_BUFFER_MS = 4_000;
/** An upload that takes more than this share of a segment's duration leaves an uplink too little for anything else. */
const FILLING_SHARE = 1 / 2;
/** Uploads that take longer than a segment lasts help nobody for long, */
const USELESS_SHARE = 1;
/** if so many receivers agree. */
const WITNESSES = 2;
/** Of the newest segment in the bitrate that is known. */
const BITRATE_WEIGHT = 1 / 8;

/** A first verdict may come from a bad moment, as when all start at once; one that is found again holds for longer, */
const FIRST_VERDICT_MS = 30_000;
/** and networks change. */
const LONGEST_VERDICT_MS = 5 * 60_000;

/**
 * For how long an uplink that was found useless is not tried again.
 *
 * @param verdicts how many times in a row it has been found so, this one included.
 */
export function verdictLastsMs(verdicts: number): number {
  return Math.min(LONGEST_VERDICT_MS, FIRST_VERDICT_MS * 2 ** Math.max(0, verdicts - 1));
}

/**
 * Who speaks for an uplink: what was found of it before needs less to be found again.
 *
 * @param receivers by whose uploads it was measured since.
 * @param verdicts as in {@link verdictLastsMs}.
 */
export function witnessesOf(receivers: number, verdicts: number): number {
  return receivers > 0 && verdicts > 0 ? receivers + 1 : receivers;
}

/** Whether so many receivers, who have not found an uplink useless, count for more than its verdicts of before. */
export function clearsVerdicts(receivers: number): boolean {
  return receivers >= WITNESSES;
}

/**
 * The bitrate of what this viewer has to give, after one more segment: where it varies, a single large one must not
 * condemn an uplink.
 *
 * @param known it before, in bytes per millisecond; 0 while unknown.
 * @param segmentDurationMs 0 tells nothing: playlists may say that a segment takes no time.
 */
export function learnBitrate(known: number, segmentBytes: number, segmentDurationMs: number): number {
  if (segmentDurationMs <= 0) return known;
  const bytesPerMs = segmentBytes / segmentDurationMs;
  return known === 0 ? bytesPerMs : known + (bytesPerMs - known) * BITRATE_WEIGHT;
}

/**
 * Whether the uplink is known to carry less than the stream. Whoever has such a one is not to be counted on.
 *
 * @param bitrateBytesPerMs see {@link learnBitrate}.
 */
export function isUselessUplink(
  { bytesPerMs, witnesses }: Pick<Uplink, "bytesPerMs" | "witnesses">,
  bitrateBytesPerMs: number,
): boolean {
  return witnesses >= WITNESSES && bytesPerMs > 0 && bitrateBytesPerMs / bytesPerMs > USELESS_SHARE;
}

/**
 * Whether one more upload may start. As many run at once as finish within half a segment's duration: on a narrow
 * uplink they go one after the other, so that the first copy is complete, and serves others, as early as possible.
 *
 * An upload that takes longer than that keeps the uplink full, and all that the viewer itself asks for waits behind it:
 * such uploads are for viewers with something in the buffer. Any may turn out to be one until the uplink is proven: they
 * go alone, and from the third one on two at once, so that one of them finds it in use. One that is known to take longer
 * than the segment lasts is not worth it.
 *
 * @param bufferMs media that the viewer has ahead of its playhead.
 */
export function admitUpload(
  uplink: Uplink,
  segmentBytes: number,
  segmentDurationMs: number,
  bufferMs: number,
): boolean {
  const { active, bytesPerMs, isProven, witnesses } = uplink;
  if (isUselessUplink(uplink, segmentBytes / segmentDurationMs)) return false;
  const share = fillingOf(bytesPerMs, segmentBytes, segmentDurationMs);
  if (share > FILLING_SHARE && bufferMs < SAFE_BUFFER_MS) return false;
  if (!isProven && active >= Math.max(1, Math.min(FIRST_UPLOADS, witnesses))) return false;
  const isUntried = !isProven && witnesses === 0;
  if (isUntried && bufferMs < Math.min(SAFE_BUFFER_MS, 1.5 * segmentDurationMs)) return false;
  return active < uploadSlots(bytesPerMs, segmentBytes, segmentDurationMs);
}

/** For how much of a segment's duration an upload of it fills the uplink; 0 where nothing is known of that. */
function fillingOf(bytesPerMs: number, segmentBytes: number, segmentDurationMs: number): number {
  return bytesPerMs > 0 ? segmentBytes / (bytesPerMs * segmentDurationMs) : 0;
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
