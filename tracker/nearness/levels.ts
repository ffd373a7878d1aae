import { type Place, UNKNOWN } from "./place.js";

/**
 * Levels of the tree of neighbourhoods, widest first: country, ASN, network, then ever longer prefixes. A network that
 * does not fit into one ASN is dealt with in network-homes.ts.
 */
export const LEVEL_COUNT = 7;

/** Keys of different levels must differ; a value is a prefix of 48 bits at most, or a negative one of 24. */
const KEYS_PER_LEVEL = 2 ** 49;

/**
 * The key of a place at the first level from `level` on at which something is known about it.
 *
 * @returns its key and the level that follows; nothing where the place is known no further.
 */
export function nextKey(
  place: Place,
  level: number,
): { readonly key: number; readonly level: number } | undefined {
  for (let at = level; at < LEVEL_COUNT; at++) {
    const value = valueAt(place, at);
    if (value !== undefined) return { key: at * KEYS_PER_LEVEL + value, level: at + 1 };
  }
  return undefined;
}

function valueAt(place: Place, level: number): number | undefined {
  switch (level) {
    case 0:
      return known(place.country);
    case 1:
      return known(place.asn);
    case 2:
      return known(place.network);
    case 3:
      // /16 or /32.
      return shorter(place.prefix, 8, 16);
    case 4:
      // /20 or /40.
      return shorter(place.prefix, 4, 8);
    case 5:
      return place.prefix;
    default:
      return place.host;
  }
}

function known(value: number): number | undefined {
  return value === UNKNOWN ? undefined : value;
}

/** Drops bits at the end: `bits4` of an IPv4 prefix (a negative number), `bits6` of an IPv6 one. */
function shorter(prefix: number, bits4: number, bits6: number): number {
  return Math.floor(prefix / 2 ** (prefix < 0 ? bits4 : bits6));
}
