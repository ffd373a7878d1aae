import type { Session } from "../audience/sessions.js";
import type { Scenario } from "../scenario/scenario.js";
import type { LinkLimits } from "./namespaces.js";

/** How one viewer is connected; what is not there is this machine's. */
export interface ViewerLink {
  readonly upMbps?: number;
  readonly downMbps?: number;
  /** To the edge of the provider's network and back. */
  readonly accessRttMs?: number;
}

/** Faster links than this do not hold up the viewers of one machine. */
const UNLIMITED_MBPS = 100;
/** Shorter times than this are not told from none by programs that count in milliseconds. */
const SHORTEST_RTT_MS = 2;

/** What has to be added to this machine's links to make them those of a viewer. */
export function linkOf({ traits: { upMbps, downMbps, accessRttMs } }: Pick<Session, "traits">): ViewerLink {
  return {
    ...(upMbps < UNLIMITED_MBPS && { upMbps }),
    ...(downMbps < UNLIMITED_MBPS && { downMbps }),
    ...(accessRttMs >= SHORTEST_RTT_MS && { accessRttMs }),
  };
}

/** The same without access times. */
export function ratesOf(session: Pick<Session, "traits">): Omit<ViewerLink, "accessRttMs"> {
  const { accessRttMs: _, ...rates } = linkOf(session);
  return rates;
}

export function limitsOf({ upMbps, downMbps }: ViewerLink): LinkLimits {
  return { uplink: inBits(upMbps), downlink: inBits(downMbps) };
}

function inBits(mbps: number | undefined): number | undefined {
  return mbps === undefined ? undefined : mbps * 1e6;
}

/** The field of the first network whose viewers may be slower than this machine, like `networks.0.upMbps: 2`. */
export function slowField({ networks }: Scenario): string | undefined {
  for (const [index, network] of networks.entries()) {
    for (const name of ["upMbps", "downMbps"] as const) {
      const [lowest] = network[name];
      if (lowest < UNLIMITED_MBPS) return `networks.${index}.${name}: ${lowest}`;
    }
  }
  return undefined;
}
