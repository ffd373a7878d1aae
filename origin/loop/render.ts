import type { MediaPlaylist } from "../playlist/media.js";
import type { Timeline } from "./timeline.js";
import type { LiveSegment, LiveWindow } from "./window.js";

/** Writes the live media playlist of one rendition. `uriOf` names a segment relative to the playlist. */
export function renderWindow(
  rendition: MediaPlaylist,
  timeline: Timeline,
  window: LiveWindow,
  uriOf: (segment: LiveSegment) => string,
): string {
  const hasMap = rendition.segments.some((segment) => segment.map);
  // Fractional EXTINF needs 3, EXT-X-MAP outside of I-frame playlists 6 (RFC 8216bis, 8).
  const version = Math.max(rendition.version, hasMap ? 6 : 3);
  const lines = [
    "#EXTM3U",
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${timeline.targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${window.segments[0]?.sequence ?? 0}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${window.discontinuitySequence}`,
  ];
  if (rendition.hasIndependentSegments) lines.push("#EXT-X-INDEPENDENT-SEGMENTS");
  let map: string | undefined;
  for (const segment of window.segments) {
    if (segment.isDiscontinuity) lines.push("#EXT-X-DISCONTINUITY");
    // A map holds until the next one, also across discontinuities, so it is written only where it changes.
    const wanted = rendition.segments[segment.position]?.map?.tag;
    if (wanted !== undefined && wanted !== map) {
      lines.push(wanted);
      map = wanted;
    }
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startMs).toISOString()}`,
      `#EXTINF:${(segment.durationUs / 1e6).toFixed(6)},`,
      uriOf(segment),
    );
  }
  return `${lines.join("\n")}\n`;
}
