import type { SegmentView } from "./fetch-decision.js";
import type { OriginTime } from "./origin-time.js";

/** A transfer that has moved for so long has shown its pace. */
const SHOWN_PACE_MS = 1_000;
/** One that would take so many times as long as there is time is not going to make it. */
const HOPELESS_FACTOR = 1.5;

/**
 * Whether a transfer is late beyond doubt. It only keeps its sender's uplink full, behind which that viewer's own requests
 * wait, and others who have the segment from being asked.
 */
export function isHopeless(
  { transfer, neededAtMs }: Pick<SegmentView, "transfer" | "neededAtMs">,
  origin: OriginTime,
  nowMs: number,
): boolean {
  if (!transfer?.totalBytes || transfer.bytesPerMs === 0) return false;
  const { loadedBytes, totalBytes, bytesPerMs } = transfer;
  if (loadedBytes / bytesPerMs < SHOWN_PACE_MS) return false;
  const leftMs = (totalBytes - loadedBytes) / bytesPerMs;
  return leftMs > HOPELESS_FACTOR * Math.max(neededAtMs - nowMs, origin.meanMs);
}
