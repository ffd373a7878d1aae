import * as v from "valibot";
import { list, number, oneOf, share } from "./fields.js";

export const originSchema = v.strictObject({
  /** To the server (or the CDN's edge) and back, besides the access network's own. */
  rttMs: v.optional(number(0, 2_000), 10),
  /** What the server takes until the first byte. */
  firstByteMs: v.optional(number(0, 60_000), 5),
  /** What one response gets at most. */
  responseMbps: v.optional(number(0.05, 100_000), 100),
  /** What all responses get together. */
  totalMbps: v.optional(number(0.1, 10_000_000), 10_000_000),
});

const span = { fromS: number(0, 604_800), untilS: number(0, 604_800) };

/** What goes wrong, and when; seconds from the run's start. */
export const faultSchema = v.variant(
  "kind",
  [
    v.strictObject({ kind: v.literal("tracker-down"), ...span }),
    v.strictObject({ kind: v.literal("origin-down"), ...span }),
    v.strictObject({
      kind: v.literal("origin-slow"),
      ...span,
      firstByteMs: v.optional(number(0, 60_000), 1_000),
      responseMbps: v.optional(number(0.05, 100_000), 5),
    }),
    /** They send wrong bytes to all. */
    v.strictObject({ kind: v.literal("polluters"), share: share() }),
    /** They say that they share and never do. */
    v.strictObject({ kind: v.literal("free-riders"), share: share() }),
  ],
  "expected a fault with one of the kinds tracker-down, origin-down, origin-slow, polluters, free-riders",
);

export const faultsSchema = list(faultSchema, 0, 100);

/** What the operator pays. */
export const priceSchema = v.strictObject({
  /** For a gigabyte (10⁹ bytes) that the origin or CDN sends. */
  perGB: v.optional(number(0, 1_000), 0.02),
  currency: v.optional(oneOf(["USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "BRL"]), "USD"),
});

export type OriginPlan = v.InferOutput<typeof originSchema>;
export type Fault = v.InferOutput<typeof faultSchema>;
