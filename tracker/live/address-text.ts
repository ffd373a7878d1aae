import type { Place } from "../nearness/place.js";

/** What counts as one public address, in words: an IPv4 address, or the /64 of an IPv6 one. */
export function addressText({ prefix, host }: Pick<Place, "prefix" | "host">): string {
  if (prefix < 0) {
    const bits = -1 - prefix;
    return `${Math.floor(bits / 2 ** 16)}.${Math.floor(bits / 2 ** 8) % 256}.${bits % 256}.${host}`;
  }
  const groups = [
    Math.floor(prefix / 2 ** 32),
    Math.floor(prefix / 2 ** 16) % 2 ** 16,
    prefix % 2 ** 16,
    host,
  ];
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
