import { parseAddress } from "../nearness/address.js";

/** Who can make use of a candidate's address, besides those who want to misuse it. */
export type AddressUse =
  /** Everybody. */
  | "anyone"
  /** Peers of the same private network. */
  | "network"
  /** Peers on the same machine. */
  | "machine"
  /** Nobody: multicast, unspecified, and names that would have to be looked up. */
  | "nobody";

/** Ends the names that browsers make up instead of private addresses; answered within the local network only. */
const MDNS = ".local";

const [ZERO, NINE, DOT] = ["0", "9", "."].map((char) => char.charCodeAt(0)) as [number, number, number];

/**
 * Judges the address from `from` to `to` within a text. Thousands of them pass each second: the usual forms are told
 * apart digit by digit, and only the others are left to `ipaddr.js`, which is exact but slow.
 */
export function useOfAddress(text: string, from = 0, to = text.length): AddressUse {
  if (text.startsWith(MDNS, to - MDNS.length) && to - from > MDNS.length) return "network";
  let dots = 0;
  let octet = 0;
  let first = 0;
  let second = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      octet = octet * 10 + code - ZERO;
      continue;
    }
    if (code !== DOT || octet > 255) return useOfUnusual(text.slice(from, to));
    dots += 1;
    if (dots === 1) first = octet;
    else if (dots === 2) second = octet;
    octet = 0;
  }
  return dots === 3 && octet <= 255 && to - from <= 15 ? useOfIpv4(first, second) : "nobody";
}

/** RFC 6890. Ranges for documentation and the like lead nowhere, and hurt nobody. */
function useOfIpv4(a: number, b: number): AddressUse {
  switch (a) {
    case 0:
      return "nobody";
    case 10:
      return "network";
    case 127:
      return "machine";
    case 100:
      return b >= 64 && b < 128 ? "network" : "anyone";
    case 169:
      return b === 254 ? "network" : "anyone";
    case 172:
      return b >= 16 && b < 32 ? "network" : "anyone";
    case 192:
      return b === 168 ? "network" : "anyone";
    default:
      return a < 224 ? "anyone" : "nobody";
  }
}

/** 2000::/3, all that is given out. */
const GLOBAL_IPV6 = /^[23][0-9a-f]{3}:[0-9a-f:]+$/i;

function useOfUnusual(text: string): AddressUse {
  if (GLOBAL_IPV6.test(text)) return "anyone";
  const address = parseAddress(text);
  switch (address?.range) {
    case "unicast":
      return "anyone";
    case "uniqueLocal":
    case "linkLocal":
      return "network";
    case "loopback":
      return "machine";
    default:
      // IPv4 in the clothes of IPv6.
      return address?.family === 4 ? useOfAddress(address.text) : "nobody";
  }
}
