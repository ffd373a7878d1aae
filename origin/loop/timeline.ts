import type { MediaPlaylist } from "../playlist/media.js";

/** The one timeline that all renditions of a loop share. All times are integer microseconds. */
export interface Timeline {
  positions: readonly Position[];
  loopUs: number;
  /** Discontinuities in one round: the programme's own ones and the seam. */
  discontinuitiesPerLoop: number;
  targetDurationSeconds: number;
}

export interface Position {
  durationUs: number;
  /** From the start of the round. */
  offsetUs: number;
  /** Whether the programme itself has a discontinuity before this segment. The seam is not counted here. */
  isDiscontinuity: boolean;
  /** Discontinuities of the programme up to and including this segment. */
  discontinuities: number;
}

/**
 * Lays the renditions of a programme on one timeline: position i lasts as long as its longest rendition.
 *
 * @param renditions media playlists by path; at least one.
 * @throws {RangeError} with a sentence when they do not fit together.
 */
export function timelineOf(renditions: ReadonlyMap<string, MediaPlaylist>): Timeline {
  const [[firstPath, first] = [], ...others] = renditions;
  if (!firstPath || !first) throw new RangeError("there are no renditions");
  for (const [path, playlist] of others) requireAligned(firstPath, first, path, playlist);

  const positions: Position[] = [];
  let offsetUs = 0;
  let discontinuities = 0;
  for (const index of first.segments.keys()) {
    const segments = [...renditions.values()].flatMap((playlist) => playlist.segments[index] ?? []);
    const durationUs = Math.max(...segments.map((segment) => segment.durationUs));
    // Before the first segment of a round stands the seam, whatever the programme says.
    const isDiscontinuity = index > 0 && segments.some((segment) => segment.isDiscontinuity);
    if (isDiscontinuity) discontinuities += 1;
    positions.push({ durationUs, offsetUs, isDiscontinuity, discontinuities });
    offsetUs += durationUs;
  }
  if (offsetUs === 0) throw new RangeError(`${firstPath} has no segments, or they last no time`);
  const longestUs = Math.max(...positions.map((position) => position.durationUs));
  return {
    positions,
    loopUs: offsetUs,
    discontinuitiesPerLoop: discontinuities + 1,
    // EXTINF, rounded to the nearest integer, must not exceed it (RFC 8216bis, 4.4.3.1); it is at least 1.
    targetDurationSeconds: Math.max(1, Math.round(longestUs / 1e6)),
  };
}

/** Switching rendition must not move the playhead: the same number of segments, of nearly the same durations. */
function requireAligned(pathA: string, a: MediaPlaylist, pathB: string, b: MediaPlaylist): void {
  if (a.segments.length !== b.segments.length) {
    const counts = `${pathA} has ${a.segments.length} and ${pathB} has ${b.segments.length}`;
    throw new RangeError(`all renditions must have the same number of segments, but ${counts}`);
  }
  const toleranceUs = (Math.min(a.targetDurationSeconds, b.targetDurationSeconds) * 1e6) / 2;
  // The last segment is a remainder, where sound and picture may well differ.
  for (const [index, { durationUs }] of a.segments.slice(0, -1).entries()) {
    const other = b.segments[index]?.durationUs ?? 0;
    if (Math.abs(durationUs - other) > toleranceUs) {
      const durations = `${durationUs / 1e6} s in ${pathA} and ${other / 1e6} s in ${pathB}`;
      throw new RangeError(`all renditions must be cut alike, but segment ${index} lasts ${durations}`);
    }
  }
}
