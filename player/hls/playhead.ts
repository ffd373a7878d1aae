import type Hls from "hls.js";
import type { Playhead } from "../delivery/segment-view.js";

/** Buffered ranges closer than this are played through without a stop. */
const GAP_S = 0.1;

/**
 * Where playback is and how far it can go without another segment.
 *
 * @param startS where it will begin, while nothing is buffered yet.
 */
export function playheadOf(hls: Hls, startS: number | undefined): Playhead {
  const { media } = hls;
  if (!media || (media.buffered.length === 0 && !media.seeking)) {
    const positionS = startS ?? media?.currentTime ?? 0;
    return { positionS, rate: media && !media.paused ? media.playbackRate : 0, bufferedToS: positionS };
  }
  const positionS = media.currentTime;
  const rate = media.paused || media.ended ? 0 : Math.abs(media.playbackRate);
  return { positionS, rate, bufferedToS: bufferedTo(media.buffered, positionS) };
}

/** End of the buffered range around `positionS`; `positionS` itself where nothing is buffered there. */
export function bufferedTo(ranges: TimeRanges, positionS: number): number {
  let end = positionS;
  for (let i = 0; i < ranges.length; i++) {
    if (ranges.start(i) <= end + GAP_S && ranges.end(i) > end) end = ranges.end(i);
  }
  return end;
}
