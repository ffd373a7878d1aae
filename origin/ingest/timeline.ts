import type { PushedPlaylist, PushedSegment } from "./pushed-playlist.js";

/** A complete upload. Every upload of a path that exists is kept under a name of its own. */
export interface StoredFile {
  /** Relative to the stream; unique for ever, as caches and peers expect. */
  name: string;
  /** Uploads are numbered as they complete. */
  serial: number;
  /** SHA-256; `undefined` for files found at start. */
  digest: string | undefined;
}

/** What has been uploaded under a path: a complete file, one that is on its way (again), or nothing. */
export type Upload = { at: "complete"; file: StoredFile } | { at: "arriving" } | { at: "missing" };

/** A segment of the published playlist. */
export interface TimelineSegment extends Omit<PushedSegment, "sequence" | "map"> {
  /** `undefined` for a gap: the encoder named it and never sent it. */
  file: StoredFile | undefined;
  map: { file: StoredFile; path: string; byteRange: string | undefined } | undefined;
  /** The encoder's number for it, in the encoder's run. */
  pushedSequence: number;
  run: number;
}

/**
 * One rendition as viewers see it. An encoder that restarts begins a new run: its numbers and names start anew, the
 * published media sequence goes on.
 */
export interface Timeline {
  targetDurationSeconds: number;
  version: number;
  hasIndependentSegments: boolean;
  segments: readonly TimelineSegment[];
  /** Published number of `segments[0]`. */
  mediaSequence: number;
  discontinuitySequence: number;
  run: number;
  /** Of the run's last published segment, in the encoder's numbers; -1 before the first. */
  lastPushedSequence: number;
  /** What the encoder has named and is not published yet, because it is still on its way. */
  pending: { segments: readonly PushedSegment[]; sinceMs: number };
  /** When the encoder said that it has finished. */
  endedAtMs: number | undefined;
}

export const EMPTY_TIMELINE: Timeline = {
  targetDurationSeconds: 1,
  version: 3,
  hasIndependentSegments: false,
  segments: [],
  mediaSequence: 0,
  discontinuitySequence: 0,
  run: 0,
  lastPushedSequence: -1,
  pending: { segments: [], sinceMs: 0 },
  endedAtMs: undefined,
};

type LookUp = (path: string) => Upload;

/** A segment that others overtake is waited for this long, in target durations; then it becomes a gap. */
const PATIENCE_TARGETS = 2;

/** Takes in a playlist that the encoder pushed. */
export function accept(timeline: Timeline, pushed: PushedPlaylist, lookUp: LookUp, nowMs: number): Timeline {
  const course = courseOf(timeline, pushed, lookUp);
  if (course === "stale") return timeline;
  const isNewRun = course === "restart";
  const lastPushedSequence = isNewRun ? -1 : timeline.lastPushedSequence;
  const segments = pushed.segments.filter(({ sequence }) => sequence > lastPushedSequence);
  const isWaiting = !isNewRun && timeline.pending.segments[0]?.sequence === segments[0]?.sequence;
  return settle(
    {
      ...timeline,
      // It must not shrink (RFC 8216bis, 4.4.3.1), and segments of earlier runs are still there.
      targetDurationSeconds: Math.max(timeline.targetDurationSeconds, pushed.targetDurationSeconds),
      version: Math.max(timeline.version, pushed.version),
      hasIndependentSegments: pushed.hasIndependentSegments,
      run: timeline.run + (isNewRun ? 1 : 0),
      lastPushedSequence,
      pending: { segments, sinceMs: isWaiting ? timeline.pending.sinceMs : nowMs },
      endedAtMs: pushed.isEnded ? (timeline.endedAtMs ?? nowMs) : undefined,
    },
    lookUp,
    nowMs,
  );
}

/** How a pushed playlist goes on from what is published: further, as something already overtaken, or from anew. */
function courseOf(
  timeline: Timeline,
  { segments }: PushedPlaylist,
  lookUp: LookUp,
): "on" | "stale" | "restart" {
  const [first, last] = [segments[0], segments.at(-1)];
  const published = timeline.segments.filter(({ run }) => run === timeline.run);
  if (!first || !last || timeline.lastPushedSequence === -1) return "on";
  const bySequence = new Map(published.map((segment) => [segment.pushedSequence, segment]));
  let isAnyUploadedAgain = false;
  let hasOverlap = false;
  for (const segment of segments) {
    const { sequence, path } = segment;
    const before = bySequence.get(sequence);
    if (!before) continue;
    hasOverlap = true;
    if (before.path !== path || isElsewhere(before, segment)) return "restart";
    const upload = lookUp(path);
    const isAgain =
      upload.at === "arriving" ||
      (upload.at === "complete" && upload.file.serial > (before.file?.serial ?? 0));
    isAnyUploadedAgain ||= isAgain;
    if (isAgain && upload.at === "complete" && isOther(upload.file, before.file)) return "restart";
  }
  if (last.sequence < timeline.lastPushedSequence) {
    return hasOverlap && !isAnyUploadedAgain ? "stale" : "restart";
  }
  return first.sequence > timeline.lastPushedSequence + 1 ? "restart" : "on";
}

/** Encoders that write dates compute them, so in one run a segment's date hardly moves. */
const DATE_TOLERANCE_MS = 500;

function isElsewhere(a: TimelineSegment, b: PushedSegment): boolean {
  if (a.durationUs !== b.durationUs) return true;
  const [dateA, dateB] = [a.programDateTimeMs, b.programDateTimeMs];
  return dateA !== undefined && dateB !== undefined && Math.abs(dateA - dateB) > DATE_TOLERANCE_MS;
}

function isOther(a: StoredFile, b: StoredFile | undefined): boolean {
  return a.digest !== undefined && b?.digest !== undefined && a.digest !== b.digest;
}

/** Publishes what has arrived of the pending segments, in order. */
export function settle(timeline: Timeline, lookUp: LookUp, nowMs: number): Timeline {
  const { pending, run } = timeline;
  const segments = [...timeline.segments];
  const patienceMs = PATIENCE_TARGETS * timeline.targetDurationSeconds * 1000;
  let { lastPushedSequence } = timeline;
  let published = 0;
  for (const [index, entry] of pending.segments.entries()) {
    const placed = place(entry, segments, lookUp);
    const isOvertaken = () =>
      pending.segments.slice(index + 1).some((later) => place(later, segments, lookUp) !== undefined);
    if (!placed && !(nowMs - pending.sinceMs >= patienceMs && isOvertaken())) break;
    const isFirstOfRun = run > 0 && segments.at(-1)?.run !== run;
    const { sequence, ...rest } = entry;
    segments.push({
      ...rest,
      isDiscontinuity: isFirstOfRun || entry.isDiscontinuity,
      file: placed?.file,
      map: placed?.map,
      pushedSequence: sequence,
      run,
    });
    lastPushedSequence = sequence;
    published += 1;
  }
  if (published === 0) return timeline;
  const rest = pending.segments.slice(published);
  return { ...timeline, segments, lastPushedSequence, pending: { segments: rest, sinceMs: nowMs } };
}

/** The uploads that a segment consists of; `undefined` while one is missing. */
function place(
  { path, map }: PushedSegment,
  published: readonly TimelineSegment[],
  lookUp: LookUp,
): { file: StoredFile; map: TimelineSegment["map"] } | undefined {
  const upload = lookUp(path);
  if (upload.at !== "complete") return undefined;
  const { file } = upload;
  // A restarted encoder uses a name again: what an earlier segment was made of is not the new one. Byte ranges share a file.
  const isUsed = published.some(
    (before) => before.file?.serial === file.serial && before.byteRange === undefined,
  );
  if (isUsed) return undefined;
  if (!map) return { file, map: undefined };
  const init = lookUp(map.path);
  if (init.at !== "complete") return undefined;
  const before = published.at(-1)?.map;
  // Encoders send the same init section again; a new name for it would make players set up anew.
  const isSame =
    before?.path === map.path && init.file.digest !== undefined && before.file.digest === init.file.digest;
  return { file, map: { ...map, file: isSame ? before.file : init.file } };
}

/** Drops what has left the DVR window, keeping three segments at least. */
export function trim(timeline: Timeline, windowSeconds: number): Timeline {
  let excessUs = timeline.segments.reduce((sum, { durationUs }) => sum + durationUs, 0) - windowSeconds * 1e6;
  let dropped = 0;
  let discontinuities = 0;
  for (const { durationUs, isDiscontinuity } of timeline.segments.slice(0, -3)) {
    if (excessUs < durationUs) break;
    excessUs -= durationUs;
    dropped += 1;
    if (isDiscontinuity) discontinuities += 1;
  }
  if (dropped === 0) return timeline;
  return {
    ...timeline,
    segments: timeline.segments.slice(dropped),
    mediaSequence: timeline.mediaSequence + dropped,
    discontinuitySequence: timeline.discontinuitySequence + discontinuities,
  };
}
