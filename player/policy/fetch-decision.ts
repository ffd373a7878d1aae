import { type OriginTime, safeOriginMs } from "./origin-time.js";

/** One segment as its viewer sees it. Times are milliseconds of one monotonic clock. */
export interface SegmentView {
  /** When it came within reach: appeared in the playlist, or entered the prefetch window. */
  readonly knownAtMs: number;
  /** When the playhead gets to its start; `Infinity` while playback is paused. In the past: playback waits for it. */
  readonly neededAtMs: number;
  readonly durationMs: number;
  /** The player asks for it now; otherwise it lies ahead in the prefetch window. */
  readonly isRequested: boolean;
  /** This viewer's seeding rank; `Infinity` where it may not seed. */
  readonly rank: number;
  /** A connected peer was seen to have it (it delivers, delivered in part, or was too busy to). */
  readonly isOffered: boolean;
  /** A delivery from a peer that is under way. */
  readonly transfer: Transfer | undefined;
}

export interface Transfer {
  /** When bytes came last, or when it was asked for. */
  readonly lastMovedAtMs: number;
  readonly loadedBytes: number;
  /** Expected size; `undefined` where nothing is known of it. */
  readonly totalBytes: number | undefined;
  /** Mean rate since the first byte; 0 before it. */
  readonly bytesPerMs: number;
  /** When it was expected to arrive as it was first waited for past the last call; see `FetchDecision`. */
  readonly promisedAtMs: number | undefined;
}

export interface Neighbourhood {
  /** Connected peers that may seed. */
  readonly seeders: number;
  /** Connected peers, of whatever kind. */
  readonly peers: number;
  /** Peers may still be about to connect, because this viewer has just joined. */
  readonly isJoining: boolean;
  /** How much later than this viewer the others may learn of a segment. */
  readonly learnSpreadMs: number;
  /** How long a peer that has the segment may take to show it. */
  readonly showMs: number;
  /** How long peers lately took to deliver a segment; 0 while nothing is known of that. */
  readonly transferMs: number;
  /** The downlink carries little more than the stream: what comes from peers holds up what comes from the origin. */
  readonly isNarrow: boolean;
}

export type FetchDecision =
  /** Fetch from the origin now. */
  | {
      readonly at: "fetch";
      readonly because: "alone" | "urgent" | "elected" | "backup" | "deadline";
    }
  /** Leave it to peers; look again at this time, or as soon as the view changes. */
  | {
      readonly at: "wait";
      readonly untilMs: number;
      /** Set where playback now depends on a transfer: it has to have arrived by then. */
      readonly promisedAtMs?: number;
    };

/** Kept free between the planned end of a fetch and the need for it: append, decode, timers. */
const MARGIN_MS = 450;
/** A transfer that has not moved for so long is counted as dead. */
const STALE_TRANSFER_MS = 1_500;
/** How much later than promised a transfer may be at least. */
const PROMISE_GRACE_MS = 100;
/** How often a deadline with a moving transfer is looked at again. */
const RECHECK_MS = 50;

/**
 * Decides whether a viewer fetches a segment from the origin now, or leaves it to its peers for the time being.
 *
 * - Nobody to wait for: the player's requests go to the origin at once.
 * - Rank 0 fetches as soon as it knows the segment; rank r backs up after the time within which rank r − 1 would
 *   have shown it, unless somebody did.
 * - Everybody falls back in time for playback, lower ranks first, so that a lost seeder does not send all to the
 *   origin in the same instant. A transfer that will end in time is left alone.
 * - Peers that have shown that they are too busy or too slow are not waited for once they could not make it any more.
 */
export function decideFetch(
  segment: SegmentView,
  around: Neighbourhood,
  origin: OriginTime,
  nowMs: number,
): FetchDecision {
  const lastCallMs = lastCall(segment.neededAtMs, origin);

  if (around.peers === 0) return decideAlone(segment, around, lastCallMs, nowMs);

  // A peer that slows down, or sends more than expected, may keep playback waiting for so long and no longer.
  const isOverdue = nowMs > segment.neededAtMs + origin.meanMs / 2;
  const arrivesInTime =
    !isOverdue &&
    segment.transfer !== undefined &&
    arrivalMs(segment.transfer, nowMs) <= latestArrivalMs(segment, origin, lastCallMs, nowMs);
  if (nowMs >= lastCallMs) {
    if (!segment.isRequested && segment.rank > 0) return { at: "wait", untilMs: nowMs + RECHECK_MS };
    if (arrivesInTime && segment.transfer && keepsPromise(segment, segment.transfer, origin, nowMs)) {
      const promisedAtMs = segment.transfer.promisedAtMs ?? arrivalMs(segment.transfer, nowMs);
      return { at: "wait", untilMs: nowMs + RECHECK_MS, promisedAtMs };
    }
    return { at: "fetch", because: segment.neededAtMs <= nowMs ? "urgent" : "deadline" };
  }
  if (arrivesInTime) return { at: "wait", untilMs: Math.min(lastCallMs, nowMs + 20 * RECHECK_MS) };
  const isLateForPeers = !leavesTimeForPeers(segment.neededAtMs, around, origin, nowMs);
  if (isLateForPeers && segment.isRequested) return { at: "fetch", because: "deadline" };

  const fetchAtMs = Math.min(
    segment.isRequested && around.isNarrow ? lastCallMs - origin.meanMs : Number.POSITIVE_INFINITY,
    tooLateForPeersAtMs(segment, around),
    backupAtMs(segment, around, origin, lastCallMs),
    fallbackAtMs(segment, around, lastCallMs),
  );
  if (nowMs < fetchAtMs) return { at: "wait", untilMs: fetchAtMs };
  if (segment.rank === 0) return { at: "fetch", because: "elected" };
  return { at: "fetch", because: segment.isOffered ? "deadline" : "backup" };
}

/**
 * Whether a transfer that begins now can still be made good by the origin if it fails. On a narrow downlink it takes as
 * long as a fetch, and one that is cut off has taken that time from it.
 */
export function leavesTimeForPeers(
  neededAtMs: number,
  { isNarrow }: Pick<Neighbourhood, "isNarrow">,
  origin: OriginTime,
  nowMs: number,
): boolean {
  return !isNarrow || nowMs < lastCall(neededAtMs, origin) - origin.meanMs;
}

/** The latest moment for a fetch that is to be there in time. */
function lastCall(neededAtMs: number, origin: OriginTime): number {
  return neededAtMs - safeOriginMs(origin) - MARGIN_MS;
}

function decideAlone(
  segment: SegmentView,
  around: Neighbourhood,
  lastCallMs: number,
  nowMs: number,
): FetchDecision {
  if (!segment.isRequested) return { at: "wait", untilMs: Number.POSITIVE_INFINITY };
  if (around.isJoining && nowMs < lastCallMs) return { at: "wait", untilMs: lastCallMs };
  return { at: "fetch", because: "alone" };
}

/** When a transfer that has not begun, since all peers are too busy, or that is too slow would come too late. */
function tooLateForPeersAtMs(segment: SegmentView, { transferMs }: Neighbourhood): number {
  const { isRequested, isOffered, transfer, neededAtMs } = segment;
  const isAnswered = transfer === undefined ? isOffered : transfer.bytesPerMs > 0;
  return isRequested && isAnswered ? neededAtMs - MARGIN_MS / 2 - transferMs : Number.POSITIVE_INFINITY;
}

/** Rank 0 at once; rank r after the others before it had their time; never, once somebody was seen to have it. */
function backupAtMs(
  segment: SegmentView,
  around: Neighbourhood,
  origin: OriginTime,
  lastCallMs: number,
): number {
  const { rank, knownAtMs } = segment;
  if (segment.isOffered || !Number.isFinite(rank)) return Number.POSITIVE_INFINITY;
  const showMs = knownAtMs + around.showMs;
  if (rank === 0) return showMs;
  const firstBackupMs = showMs + around.learnSpreadMs + safeOriginMs(origin);
  const roomMs = Math.max(0, lastCallMs - firstBackupMs);
  const stepMs = Math.min(
    segment.durationMs / 2,
    Math.max(safeOriginMs(origin), roomMs / (around.seeders + 1)),
  );
  return firstBackupMs + (rank - 1) * stepMs;
}

/**
 * The latest moment for rank `rank` to leave its peers: the last call for the highest rank and for viewers that may
 * not seed, up to half a segment earlier for the lower ones, whose copy then serves the others.
 */
function fallbackAtMs(segment: SegmentView, around: Neighbourhood, lastCallMs: number): number {
  if (!Number.isFinite(segment.rank)) return lastCallMs;
  const spreadMs = Math.min(segment.durationMs / 2, Math.max(0, lastCallMs - segment.knownAtMs) / 4);
  const share = 1 - Math.min(1, segment.rank / Math.max(1, around.seeders));
  return lastCallMs - spreadMs * share;
}

/**
 * The end of a segment can always be a moment away: a peer that drips it out is believed once. Segments differ in size,
 * which delays long transfers by more; that is waited for as long as the origin can still make good in its usual time.
 */
function keepsPromise(
  { neededAtMs }: SegmentView,
  { promisedAtMs, loadedBytes, bytesPerMs }: Transfer,
  origin: OriginTime,
  nowMs: number,
): boolean {
  if (promisedAtMs === undefined || nowMs <= promisedAtMs + PROMISE_GRACE_MS) return true;
  if (nowMs + origin.meanMs + MARGIN_MS > neededAtMs) return false;
  const takenMs = bytesPerMs > 0 ? loadedBytes / bytesPerMs : 0;
  return nowMs <= promisedAtMs + PROMISE_GRACE_MS + Math.min(takenMs / 4, origin.meanMs / 2);
}

function arrivalMs(transfer: Transfer, nowMs: number): number {
  if (nowMs - transfer.lastMovedAtMs > STALE_TRANSFER_MS) return Number.POSITIVE_INFINITY;
  if (transfer.totalBytes === undefined || transfer.bytesPerMs === 0) return nowMs + STALE_TRANSFER_MS;
  return nowMs + Math.max(0, transfer.totalBytes - transfer.loadedBytes) / transfer.bytesPerMs;
}

/**
 * Past the last call a transfer must be nearly done, or no later than the origin would be and so early that the origin
 * can still make good for it in its usual time: on a narrow downlink a fetch would only begin again what the transfer
 * has half done. Where playback already waits, it may take no longer than half of what the origin would.
 */
function latestArrivalMs(
  segment: SegmentView,
  origin: OriginTime,
  lastCallMs: number,
  nowMs: number,
): number {
  const { neededAtMs } = segment;
  if (nowMs < lastCallMs) return Math.max(neededAtMs - MARGIN_MS / 2, nowMs + origin.meanMs / 2);
  const rivalMs = Math.min(nowMs + origin.meanMs, neededAtMs - origin.meanMs - MARGIN_MS);
  return Math.max(lastCallMs + MARGIN_MS / 2, rivalMs, nowMs + origin.meanMs / 2);
}
