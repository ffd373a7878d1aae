import type { StreamPlan } from "./stream.js";

/** Sizes of each rendition's segments in bytes; after the last one they begin anew. */
export function segmentBytes({
  renditions,
  segmentS,
  segmentSizes,
}: StreamPlan): readonly (readonly number[])[] {
  return renditions.map(({ kbps }) =>
    segmentSizes.map((size) => Math.max(1, Math.round((size * kbps * 1000 * segmentS) / 8))),
  );
}
