import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Scope } from "./place.js";

/** An IP address in the form that nearness is judged by: numbers, because they are compared for each candidate. */
export interface Address {
  /** In its shortest form; IPv4 that was written as IPv6 (`::ffff:192.0.2.1`) is IPv4. */
  readonly text: string;
  readonly family: 4 | 6;
  /** The IANA range that it is in: `unicast` for public ones, else for instance `private` or `loopback`. */
  readonly range: string;
  /** All bytes, 4 or 16. */
  readonly bytes: readonly number[];
  /** The /24 or /48. IPv4's are negative, so that none equals one of IPv6's. */
  readonly prefix: number;
  /**
   * With `prefix`, what counts as one public address: all of IPv4's bits, or IPv6's first 64, because each device
   * behind one access has another address within its /64.
   */
  readonly host: number;
}

/** @returns nothing for text that is not an IP address. */
export function parseAddress(text: string): Address | undefined {
  if (isIP(text) === 0) return undefined;
  const parsed = ipaddr.process(text);
  const bytes = parsed.toByteArray();
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = bytes;
  const family = parsed.kind() === "ipv4" ? 4 : 6;
  return {
    text: withoutZone(parsed.toString()),
    family,
    range: parsed.range(),
    bytes,
    prefix: family === 4 ? -1 - (a * 2 ** 16 + b * 2 ** 8 + c) : prefix48([a, b, c, d, e, f]),
    host: family === 4 ? d : g * 2 ** 8 + h,
  };
}

/** Databases of the Internet have nonsense for addresses that are not public. */
export function scopeOf({ range }: Address): Scope {
  return range === "unicast" ? "public" : range === "loopback" ? "loopback" : "private";
}

function prefix48(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum * 2 ** 8 + byte, 0);
}

/** The zone of a link-local address (`fe80::1%eth0`) means something on its own machine only. */
function withoutZone(text: string): string {
  return text.split("%", 1)[0] ?? text;
}
