import type { IncomingMessage } from "node:http";
import { parseAddress, scopeOf } from "../nearness/address.js";

/** What proxies add. Whoever sends one of these may not be who the connection says. */
const PROXY_HEADERS = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-forwarded-server",
  "x-real-ip",
  "x-client-ip",
  "cf-connecting-ip",
  "true-client-ip",
];

/**
 * Whether a request was made on the tracker's own machine by somebody who meant this tracker. Pages of other sites
 * whose names were made to point here (DNS rebinding) show in the `Host` header.
 *
 * @param settings a tracker that is known to stand behind a proxy of this machine is never asked directly.
 */
export function isFromThisMachine(
  request: IncomingMessage,
  settings: { readonly trustedProxies: readonly string[]; readonly publicUrl?: string | undefined },
): boolean {
  const { headers, socket, httpVersion } = request;
  const isProxied = PROXY_HEADERS.some((name) => headers[name] !== undefined) || httpVersion === "1.0";
  const standsBehindProxy =
    settings.trustedProxies.some(isLoopbackProxy) ||
    (settings.publicUrl !== undefined && !isLocalName(new URL(settings.publicUrl).hostname));
  return (
    !isProxied &&
    !standsBehindProxy &&
    isLoopback(socket.remoteAddress ?? "") &&
    isLocalName(hostnameOf(headers.host ?? ""))
  );
}

function isLoopbackProxy(item: string): boolean {
  const [address = "", bits] = item.split("/");
  return item === "loopback" || isLoopback(address) || bits === "0";
}

function isLocalName(hostname: string): boolean {
  return hostname === "localhost" || isLoopback(hostname.replace(/^\[(.*)\]$/, "$1"));
}

function isLoopback(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && scopeOf(address) === "loopback";
}

/** Without the port; empty for what is no authority. */
function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}/`) && !/[/?#@\\]/.test(host) ? new URL(`http://${host}/`).hostname : "";
}
