import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { type Address, parseAddress } from "../nearness/address.js";

/** Proxies add one address each; nobody is behind more of them than this. */
const MAX_PROXIES = 16;

/**
 * The address that a request comes from. `X-Forwarded-For` is believed as far as it was written by proxies that are
 * trusted: from its right end, where each has added whom it was asked by. What clients have written stands left of that.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: BlockList): Address | undefined {
  let client = parseAddress(request.socket.remoteAddress ?? "");
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",");
  const hops = forwarded.split(",").slice(-MAX_PROXIES);
  while (client !== undefined && isTrusted(client, trustedProxies)) {
    const before = parseAddress(withoutPort(hops.pop()?.trim() ?? ""));
    if (before === undefined) break;
    client = before;
  }
  return client;
}

function isTrusted({ text, family }: Address, trusted: BlockList): boolean {
  return trusted.check(text, family === 4 ? "ipv4" : "ipv6");
}

/** Some proxies add the port, too. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^[\d.]+:\d+$/.test(text) ? (text.split(":")[0] ?? "") : text;
}
