import { type LinkLimits, type Namespaces, openNamespaces } from "./namespaces.js";
import type { ViewerLink } from "./viewer-link.js";

/** Of them each run takes one, so that several may go on beside each other. */
const NETWORKS = Array.from({ length: 32 }, (_, index) => `10.78.${index}`);

/**
 * Makes a namespace for each viewer, with these links.
 *
 * @throws {BenchError}
 */
export function openLinkedNamespaces(links: readonly ViewerLink[]): Namespaces {
  const at = process.pid % NETWORKS.length;
  return openNamespaces(links.map(limitsOf), {
    prefix: "ncl",
    // Two runs that begin in the same moment begin to look at different places.
    networks: [...NETWORKS.slice(at), ...NETWORKS.slice(0, at)],
    program: "node",
  });
}

export function limitsOf({ upMbps, downMbps }: ViewerLink): LinkLimits {
  return { uplink: inBits(upMbps), downlink: inBits(downMbps) };
}

function inBits(mbps: number | undefined): number | undefined {
  return mbps === undefined ? undefined : mbps * 1e6;
}
