import * as v from "valibot";
import { flag, integer, number, oneOf, share } from "./fields.js";

/** What operator and viewers have decided. */
export const policiesSchema = v.strictObject({
  /** `plain` is hls.js alone. */
  engine: v.optional(oneOf(["nearcast", "plain"]), "nearcast"),
  /** `none` leaves out the election: viewers wait for peers until their buffer forces them to the origin. */
  seeding: v.optional(oneOf(["elected", "none"]), "elected"),
  /** Whom the tracker introduces: near viewers first, or anybody. */
  introductions: v.optional(oneOf(["near", "random"]), "near"),
  /** Share of viewers that have agreed to peers. */
  consent: v.optional(share(), 1),
  /** Share of viewers that play without peers as a control group. */
  holdout: v.optional(share(), 0),
  /** Share of those with peers that may upload. */
  uploads: v.optional(share(), 1),
  /** Bytes that a viewer uploads at most, over those that it downloads, besides a small allowance. */
  uploadRatio: v.optional(number(0, 1_000), 1),
  /** Whether viewers in mobile networks may upload. */
  mobileUploads: v.optional(flag(), false),
  /**
   * Connections of one viewer, in place of what the player does by itself; whoever has so many refuses more. Chromium
   * allows 500 in a page.
   */
  maxPeers: v.optional(integer(0, 500)),
  /** How far ahead of the playhead segments are fetched. */
  prefetchWindowS: v.optional(number(5, 300), 30),
  memoryMiB: v.optional(number(1, 4_096), 128),
});

export type PoliciesPlan = v.InferOutput<typeof policiesSchema>;
