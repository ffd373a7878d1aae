import ipaddr from "ipaddr.js";
import { type Address, scopeOf } from "../nearness/address.js";
import type { Tier } from "../nearness/place.js";
import type { Standing } from "../rules.js";

/** What is known about an address, and how; for people. */
export interface Explanation {
  readonly address: string;
  /** The IANA range: `unicast` for public addresses. Others are in no country and no ASN. */
  readonly range: string;
  /** What counts as one public address: the address itself, or its /64. */
  readonly sameAddress: string;
  readonly prefix: string;
  readonly network: string | null;
  readonly policy: Standing;
  readonly asn: number | null;
  readonly country: string | null;
  /** The same by nearness, nearest first: with whom it is in one group, and why. */
  readonly tiers: readonly {
    readonly tier: Tier;
    /** Absent: it is in none of this tier. */
    readonly group: string | null;
    readonly because: string;
  }[];
}

/** What was found for an address, and where. */
export interface Findings {
  /** The operator's network and the prefix by which the address is in it. */
  readonly network:
    | { readonly name: string; readonly standing: Standing; readonly prefix: string }
    | undefined;
  readonly hasNetworks: boolean;
  /** With the name of the data that says so. */
  readonly asn: { readonly value: number; readonly source: string } | undefined;
  readonly country: { readonly value: string; readonly source: string } | undefined;
}

export function explain(address: Address, { network, hasNetworks, asn, country }: Findings): Explanation {
  const isPublic = scopeOf(address) === "public";
  const sameAddress = prefixText(address, address.family === 4 ? 32 : 64);
  const prefix = prefixText(address, address.family === 4 ? 24 : 48);
  const known = <T>(found: { readonly value: T; readonly source: string } | undefined) =>
    found?.source ?? (isPublic ? "no data knows it" : `${address.range} addresses are in none`);
  return {
    address: address.text,
    range: address.range,
    sameAddress,
    prefix,
    network: network?.name ?? null,
    policy: network?.standing ?? "p2p",
    asn: asn?.value ?? null,
    country: country?.value ?? null,
    tiers: [
      {
        tier: "address",
        group: sameAddress,
        because: address.family === 4 ? "one IPv4 address is one access" : "one /64 of IPv6 is one access",
      },
      { tier: "prefix", group: prefix, because: `the first ${address.family === 4 ? 24 : 48} bits` },
      {
        tier: "network",
        group: network?.name ?? null,
        because:
          network !== undefined
            ? `${network.prefix} in the networks file`
            : hasNetworks
              ? "no prefix of the networks file"
              : "there is no networks file",
      },
      { tier: "asn", group: asn === undefined ? null : `AS${asn.value}`, because: known(asn) },
      { tier: "country", group: country?.value ?? null, because: known(country) },
      { tier: "anyone", group: "all viewers", because: "of the same swarm" },
    ],
  };
}

/** The address's first bits, all others 0. */
export function prefixText({ bytes }: Address, bits: number): string {
  const kept = bytes.map(
    (byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * index))) & 0xff,
  );
  return `${ipaddr.fromByteArray(kept)}/${bits}`;
}
