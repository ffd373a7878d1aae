import * as v from "valibot";
import { flag, integer, list, number, share, text } from "./fields.js";

/** A link's rate: between two bounds, evenly on a logarithmic scale. */
const rate = v.tuple([number(0.05, 100_000), number(0.05, 100_000)]);

const natSchema = v.strictObject({
  /** A public address, or a router that lets everybody in. */
  open: v.optional(share(), 0.2),
  /** The same port to all (endpoint-independent mapping). */
  cone: v.optional(share(), 0.6),
  /** Another port to each (address-dependent mapping), as in many mobile networks. */
  symmetric: v.optional(share(), 0.15),
  /** No UDP. */
  blocked: v.optional(share(), 0.05),
});

export const networkSchema = v.strictObject({
  name: text(64),
  /** Weight of this network among all. */
  share: v.optional(number(0, 1_000_000), 1),
  country: v.optional(text(8), "XX"),
  isp: v.optional(text(64), "isp"),
  /** Over how many places (towns, address blocks) its viewers are spread evenly. */
  places: v.optional(integer(1, 1_000_000), 1),
  upMbps: v.optional(rate, [20, 20]),
  downMbps: v.optional(rate, [100, 100]),
  /**
   * For the simulator: what an uplink lets through at once after a pause, in KiB, as token buckets do. Real viewers'
   * shapers have 32.
   */
  upBurstKiB: v.optional(number(0, 10_000), 0),
  /** To the edge of the provider's network and back. */
  accessRttMs: v.optional(number(0, 2_000), 10),
  nat: v.optional(natSchema, {}),
  /** Counted as mobile by `policies.mobileUploads`. */
  mobile: v.optional(flag(), false),
});

const pathSchema = (rttMs: number, mbps: number) =>
  v.optional(
    v.strictObject({
      /** Besides the access networks' own. */
      rttMs: v.optional(number(0, 2_000), rttMs),
      /** What one connection gets at most. */
      mbps: v.optional(number(0.05, 100_000), mbps),
    }),
    {},
  );

/** Between two viewers, by what they have in common. */
export const pathsSchema = v.strictObject({
  samePlace: pathSchema(1, 1_000),
  sameIsp: pathSchema(8, 100),
  sameCountry: pathSchema(15, 50),
  abroad: pathSchema(60, 20),
});

export const networksSchema = list(networkSchema, 1, 1_000);

export type NetworkPlan = v.InferOutput<typeof networkSchema>;
export type NatPlan = v.InferOutput<typeof natSchema>;
export type PathsPlan = v.InferOutput<typeof pathsSchema>;
