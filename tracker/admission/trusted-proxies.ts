import { BlockList, isIP } from "node:net";

/** @param items addresses, prefixes or `loopback`, as checked by the options. */
export function trustedProxies(items: readonly string[]): BlockList {
  const trusted = new BlockList();
  for (const item of items.flatMap((one) => (one === "loopback" ? ["127.0.0.0/8", "::1"] : [one]))) {
    const [address = "", bits] = item.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return trusted;
}
