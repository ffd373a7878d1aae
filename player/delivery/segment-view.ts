import type { SegmentView, Transfer } from "../policy/fetch-decision.js";
import type { SegmentRecord } from "./segment-record.js";

/** The playhead as it moves through the timeline of the segments. */
export interface Playhead {
  readonly positionS: number;
  /** Media seconds per second; 0 while paused. */
  readonly rate: number;
  /** End of what is buffered without a gap from the playhead on. */
  readonly bufferedToS: number;
}

export interface Outlook {
  readonly playhead: Playhead;
  readonly nowMs: number;
  readonly rank: number;
  /** What peers had when this viewer came, they have shown by then. */
  readonly settledAtMs: number;
  /** Size that segments of the track have; `undefined` before the first. */
  readonly expectedBytes: number | undefined;
  /** Whether a peer's word counts. */
  readonly isTrusted: (peerId: string) => boolean;
}

/** A segment as the fetch policy sees it. Notes in the record when it was due. */
export function viewOf(record: SegmentRecord, outlook: Outlook): SegmentView {
  const { segment } = record;
  const { nowMs, playhead, rank, expectedBytes, isTrusted } = outlook;
  return {
    knownAtMs: Math.max(record.knownAtMs ?? nowMs, record.isOld ? outlook.settledAtMs : 0),
    neededAtMs: neededAtMs(record, playhead, nowMs),
    durationMs: (segment.endS - segment.startS) * 1000,
    isRequested: record.receiver !== undefined,
    rank,
    isOffered: [...record.offeredBy].some(isTrusted),
    transfer: transferOf(record, record.segment.digest?.bytes ?? expectedBytes, nowMs, isTrusted),
  };
}

function neededAtMs(record: SegmentRecord, playhead: Playhead, nowMs: number): number {
  const aheadMs = msTo(record.segment.startS, playhead);
  if (!record.receiver) {
    return playhead.rate > 0 ? nowMs + aheadMs / playhead.rate : Number.POSITIVE_INFINITY;
  }
  return requestedAtMs(record, Math.min(aheadMs, msTo(playhead.bufferedToS, playhead)), playhead, nowMs);
}

/**
 * @param aheadMs to its start, or to the end of what is buffered: where a segment before it was damaged or missing, the
 *   player gets over the hole only with what comes behind.
 */
function requestedAtMs(record: SegmentRecord, aheadMs: number, playhead: Playhead, nowMs: number): number {
  if (playhead.rate === 0) {
    record.dueAtMs = Number.POSITIVE_INFINITY;
    return nowMs + aheadMs;
  }
  // A playhead that stands still for want of this segment must not put off the time it was due.
  record.dueAtMs = Math.min(record.dueAtMs, nowMs + aheadMs / playhead.rate);
  return record.dueAtMs;
}

function msTo(mediaS: number, { positionS }: Playhead): number {
  return Math.max(0, mediaS - positionS) * 1000;
}

function transferOf(
  { transfer }: SegmentRecord,
  expectedBytes: number | undefined,
  nowMs: number,
  isTrusted: Outlook["isTrusted"],
): Transfer | undefined {
  if (!transfer || !isTrusted(transfer.peerId)) return undefined;
  const movingMs = transfer.firstByteAtMs === undefined ? 0 : nowMs - transfer.firstByteAtMs;
  return {
    lastMovedAtMs: transfer.lastMovedAtMs,
    loadedBytes: transfer.loadedBytes,
    totalBytes: expectedBytes === undefined ? undefined : Math.max(expectedBytes, transfer.loadedBytes),
    promisedAtMs: transfer.promisedAtMs,
    bytesPerMs: movingMs > 0 ? transfer.loadedBytes / movingMs : 0,
  };
}
