import type { Segment, Track } from "../../player/delivery/segment.js";

export const SEGMENT_S = 2;

export const mainTrack: Track = { id: "main:720p", type: "main", fingerprint: "f720" };

/** Segment `number` of a programme that begins at 0 with segment 0. */
export function programmeSegment(number: number, track: Track = mainTrack): Segment {
  return {
    track,
    number,
    url: `https://origin.example/${track.id}/${number}.m4s`,
    byteRange: undefined,
    startS: number * SEGMENT_S,
    endS: (number + 1) * SEGMENT_S,
    digest: undefined,
  };
}

/** Segments `first` to `last`, both included. */
export function programmeSegments(first: number, last: number): Segment[] {
  return Array.from({ length: last - first + 1 }, (_, index) => programmeSegment(first + index));
}
