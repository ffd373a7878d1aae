import type { Address } from "./address.js";

/** Stands for a network, ASN or country that is not known. No two unknown ones are the same. */
export const UNKNOWN = -1;

/** What is known about where a peer is. Made once for each connection; all that nearness depends on. */
export interface Place {
  /** See {@link Address.prefix}. */
  readonly prefix: number;
  /** See {@link Address.host}. */
  readonly host: number;
  /** Where the address is valid. Such as are not public tell no more than that. */
  readonly scope: Scope;
  /** Number of the operator's network, or {@link UNKNOWN}. */
  readonly network: number;
  /** Number of the autonomous system, or {@link UNKNOWN}. */
  readonly asn: number;
  /** Number of the country, see {@link countryNumber}, or {@link UNKNOWN}. */
  readonly country: number;
}

export type Scope = "public" | "private" | "loopback";

/** How near two peers are, nearest first. */
export const TIERS = ["address", "prefix", "network", "asn", "country", "anyone"] as const;
export type Tier = (typeof TIERS)[number];

/** Index in {@link TIERS}: 0 is nearest. */
export function tierBetween(a: Place, b: Place): number {
  if (a.prefix === b.prefix) return a.host === b.host ? 0 : 1;
  if (a.network === b.network && a.network !== UNKNOWN) return 2;
  if (a.asn === b.asn && a.asn !== UNKNOWN) return 3;
  if (a.country === b.country && a.country !== UNKNOWN) return 4;
  return 5;
}

/** What is known of an address besides its digits. */
export interface PlaceFacts {
  /** @default "public" */
  readonly scope?: Scope;
  readonly network?: number | undefined;
  readonly asn?: number | undefined;
  readonly country?: number | undefined;
}

export function createPlace(
  { prefix, host }: Pick<Address, "prefix" | "host">,
  facts: PlaceFacts = {},
): Place {
  const { scope = "public", network = UNKNOWN, asn = UNKNOWN, country = UNKNOWN } = facts;
  return { prefix, host, scope, network, asn, country };
}

/** @param code ISO 3166-1 alpha-2, e.g. `DE`. */
export function countryNumber(code: string): number {
  return /^[A-Z]{2}$/.test(code) ? code.charCodeAt(0) * 256 + code.charCodeAt(1) : UNKNOWN;
}

export function countryCode(number: number): string | undefined {
  return number === UNKNOWN ? undefined : String.fromCharCode(number >> 8, number & 255);
}
