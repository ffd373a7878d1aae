import * as v from "valibot";
import { flag, integer, list, number, oneOf, share } from "./fields.js";

/** More than this fits into no machine that we know. */
export const MOST_VIEWERS = 1_000_000;

const point = v.tuple([number(0, 604_800), integer(0, MOST_VIEWERS)]);

/** For the simulator only: what viewers' devices take besides the network. Real ones take what they take. */
const deviceSchema = v.strictObject({
  /** Milliseconds from a viewer's first segment to its first picture. */
  pictureMs: v.optional(number(0, 10_000), 0),
  /** Milliseconds for sockets, certificates and candidates: once before an announcement, once for each connection. */
  connectMs: v.optional(number(0, 10_000), 60),
  /** Milliseconds until a request from a peer is answered, and until what has come from one is checked and announced. */
  answerMs: v.optional(number(0, 10_000), 25),
  /**
   * KiB of a segment that may still be on their way when a page sees its data channel empty: so much earlier does it take
   * an upload for finished, and the uplink for another one than it is. A link of 1 Mbit/s has 104 where it lets 32 KiB
   * through at once and whatever leaves within 0.4 s wait.
   */
  inFlightKiB: v.optional(number(0, 1_024), 104),
});

export const audienceSchema = v.strictObject({
  /** Viewers that come; with `replaced`, the number that is there at one time. */
  viewers: integer(1, MOST_VIEWERS),
  /**
   * For the simulator only: viewers who can meet each other. More are simulated in equal parts, each with its share of
   * the origin; viewers of different parts never meet. Real viewers all can.
   */
  partViewers: v.optional(integer(2, MOST_VIEWERS), 2_000),
  /**
   * - `spread`: evenly and at random within `overS`.
   * - `interval`: one after the other within `overS`, at equal distances, each moved at random by up to `jitterS`.
   * - `flash`: a tenth before `atS`, the rest within `overS` after it.
   * - `curve`: as `points` say: seconds and viewers at that time, in straight lines between them. `viewers` is its
   *   largest number.
   */
  arrivals: v.optional(oneOf(["spread", "interval", "flash", "curve"]), "spread"),
  /** Who is in which of the `networks`: `drawn` at random by their shares, or each `in-turn`, in proportion to them. */
  networks: v.optional(oneOf(["drawn", "in-turn"]), "drawn"),
  device: v.optional(deviceSchema, {}),
  overS: v.optional(number(0, 604_800), 60),
  atS: v.optional(number(0, 604_800), 60),
  jitterS: v.optional(number(0, 3_600), 0),
  points: v.optional(list(point, 0, 1_000), []),
  /** Median of the time that viewers stay; 0 keeps all to the end. Log-normal, with `watchSpread` as its sigma. */
  watchMedianS: v.optional(number(0, 604_800), 0),
  watchSpread: v.optional(number(0, 3), 1),
  /** Every so often one viewer, drawn at random, leaves and another one comes; 0 for never. */
  turnoverEveryS: v.optional(number(0, 86_400), 0),
  /** Whoever leaves is replaced at once by somebody new. */
  replaced: v.optional(flag(), false),
  /** Share of those who leave that vanish without a word, as with a lost network. */
  crashShare: v.optional(share(), 0.1),
  /** On demand only: jumps to anywhere, per viewer and hour. */
  seeksPerHour: v.optional(number(0, 3_600), 0),
  pausesPerHour: v.optional(number(0, 3_600), 0),
  pauseS: v.optional(number(0, 86_400), 30),
});

export type AudiencePlan = v.InferOutput<typeof audienceSchema>;
