import type { Timeline } from "./timeline.js";

/**
 * Round 0 of every loop began here, so that the media sequence is a function of the wall clock alone: it survives
 * restarts and is the same on every origin that loops the same programme.
 */
export const LOOP_EPOCH_MS = Date.UTC(2026, 0, 1);

/** A segment stays available this long after it has left the window, for players that lag behind. */
export const GRACE_SEGMENTS = 30;

export interface LiveSegment {
  /** Media sequence number: segments since the epoch. */
  sequence: number;
  /** Index of the programme's segment that is played. */
  position: number;
  durationUs: number;
  /** Start on the wall clock, rounded down to milliseconds. */
  startMs: number;
  /** At every seam, and where the programme itself has one. */
  isDiscontinuity: boolean;
}

export interface LiveWindow {
  /** Oldest first; empty only before the first segment's end after {@link LOOP_EPOCH_MS}. */
  segments: readonly LiveSegment[];
  /** Discontinuities that have left the window. */
  discontinuitySequence: number;
}

/** The segments of a looped programme that are on the air: the newest whose end has passed, and those before it. */
export function windowAt(timeline: Timeline, nowMs: number, windowSegments: number): LiveWindow {
  const newest = newestSequence(timeline, nowMs);
  const segments: LiveSegment[] = [];
  for (let sequence = Math.max(0, newest - windowSegments + 1); sequence <= newest; sequence += 1) {
    segments.push(segmentAt(timeline, sequence));
  }
  const [first] = segments;
  return {
    segments,
    // The first segment's own tag is still in the window (RFC 8216bis, 6.2.2).
    discontinuitySequence: first
      ? discontinuitiesUpTo(timeline, first.sequence) - (first.isDiscontinuity ? 1 : 0)
      : 0,
  };
}

/** Whether a segment can be fetched now: not yet, still, or no more. */
export function availabilityAt(
  timeline: Timeline,
  nowMs: number,
  windowSegments: number,
  sequence: number,
): "future" | "available" | "past" {
  const newest = newestSequence(timeline, nowMs);
  if (sequence > newest) return "future";
  return sequence > newest - windowSegments - GRACE_SEGMENTS ? "available" : "past";
}

/** The last segment whose end has passed; -1 when there is none. */
function newestSequence({ positions, loopUs }: Timeline, nowMs: number): number {
  // Microseconds since the epoch stay exact in a double for 285 years.
  const nowUs = Math.floor((nowMs - LOOP_EPOCH_MS) * 1000);
  if (nowUs < 0) return -1;
  const round = Math.floor(nowUs / loopUs);
  const intoRoundUs = nowUs - round * loopUs;
  const ended = positions.findIndex(({ offsetUs, durationUs }) => offsetUs + durationUs > intoRoundUs);
  return round * positions.length + ended - 1;
}

function segmentAt(timeline: Timeline, sequence: number): LiveSegment {
  const { round, index, position } = place(timeline, sequence);
  const startUs = round * timeline.loopUs + position.offsetUs;
  return {
    sequence,
    position: index,
    durationUs: position.durationUs,
    startMs: LOOP_EPOCH_MS + Math.floor(startUs / 1000),
    isDiscontinuity: index === 0 ? round > 0 : position.isDiscontinuity,
  };
}

/** Discontinuity tags since the epoch, including this segment's own. */
function discontinuitiesUpTo(timeline: Timeline, sequence: number): number {
  const { round, position } = place(timeline, sequence);
  return round * timeline.discontinuitiesPerLoop + position.discontinuities;
}

function place({ positions }: Timeline, sequence: number) {
  const round = Math.floor(sequence / positions.length);
  const index = sequence - round * positions.length;
  const position = positions[index];
  if (!position) throw new RangeError(`no segment has the sequence number ${sequence}`);
  return { round, index, position };
}
