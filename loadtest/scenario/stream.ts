import * as v from "valibot";
import { integer, list, number, oneOf } from "./fields.js";

const renditionSchema = v.strictObject({
  /** Of picture and sound together. */
  kbps: number(16, 200_000),
  /** Lines of the picture; only shown. */
  height: v.optional(integer(1, 8_640), 720),
});

export const streamSchema = v.strictObject({
  kind: oneOf(["live", "vod"]),
  /** All segments last so long. */
  segmentS: v.optional(number(0.5, 30), 4),
  /** Any order; viewers take the best one that their downlink carries. */
  renditions: list(renditionSchema, 1, 16),
  /**
   * Sizes of segments, each in turn, in shares of what bitrate and duration make. What an encoder has made, as for
   * `browsers`, has sizes of its own.
   */
  segmentSizes: v.optional(list(number(0.05, 20), 1, 1_000), [1]),
  /** Distance to the live edge that players aim for, in segments: hls.js' `liveSyncDurationCount`. */
  latencySegments: v.optional(integer(1, 60), 3),
  /** Segments in the live playlist. */
  windowSegments: v.optional(integer(3, 1_000), 10),
  /** Of a VOD, from its begin to its end. */
  lengthS: v.optional(number(10, 86_400), 3_600),
});

export type StreamPlan = v.InferOutput<typeof streamSchema>;
