import type { Tier } from "../../tracker/nearness/place.js";

/** How near two viewers are, in words; how a line between them looks. */
export const TIER_WORDS: Readonly<
  Record<Tier, { readonly name: string; readonly look: "near" | "country" | "far" }>
> = {
  address: { name: "Same address", look: "near" },
  prefix: { name: "Same /24 or /48", look: "near" },
  network: { name: "Same network of yours", look: "near" },
  asn: { name: "Same provider (ASN)", look: "near" },
  country: { name: "Same country", look: "country" },
  anyone: { name: "Anywhere", look: "far" },
};
