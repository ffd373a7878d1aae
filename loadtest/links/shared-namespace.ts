import { sendOwnOut } from "./hairpin.js";
import { type LinkLimits, namespacesRefusedBecause, openNamespaces } from "./namespaces.js";
import { sendPacketByPacket } from "./packet-by-packet.js";
import { PortShaper } from "./port-shaper.js";

/** Of them each run takes one, so that several may go on beside each other. */
const NETWORKS = Array.from({ length: 32 }, (_, index) => `10.78.${index}`);

/** Each has ports of its own until the run ends, and a machine has some 28,000 for everything. */
const MOST_SESSIONS = 5_000;

/** Why so many sessions cannot have links of their own here; `undefined` where they can. */
export function sharedNamespaceRefusedBecause(sessions: number): string | undefined {
  const tooMany = `each of this scenario's ${sessions} sessions would need ports of its own, and at most ${MOST_SESSIONS} get them`;
  return namespacesRefusedBecause() ?? (sessions > MOST_SESSIONS ? tooMany : undefined);
}

/** A network namespace for many viewers, each with a link of its own that its ports show. */
export interface SharedNamespace extends AsyncDisposable {
  /** Address of this machine on the bridge; servers listen here. */
  readonly host: string;
  /** What `ip netns exec` takes. */
  readonly name: string;
  /** To be called once for each viewer, before it is given ports. */
  limit(index: number, limits: LinkLimits): void;
  /** From now on a port of the servers belongs to that viewer's link. */
  giveServerPort(index: number, port: number): void;
  /** From now on a UDP port within the namespace belongs to that viewer's link. */
  giveOwnPort(index: number, port: number): void;
}

/**
 * Makes one namespace. A viewer's packets are counted to its link once it has been limited and given the port: on their
 * way out by the viewer's own UDP ports and by the servers' TCP ports, and on their way in by the same.
 *
 * @throws {BenchError}
 */
export function openSharedNamespace(): SharedNamespace {
  const at = process.pid % NETWORKS.length;
  const namespaces = openNamespaces([{}], {
    prefix: "ncl",
    // Two runs that begin in the same moment begin to look at different places.
    networks: [...NETWORKS.slice(at), ...NETWORKS.slice(0, at)],
    program: "node",
  });
  const [cable] = namespaces.cables;
  try {
    if (cable === undefined) throw new Error("one link was asked for and none made");
    sendOwnOut(cable);
    sendPacketByPacket(cable);
  } catch (error) {
    namespaces[Symbol.dispose]();
    throw error;
  }
  const up = new PortShaper({ name: "eth0", namespace: cable.namespace, udp: "sport", tcp: "dport" });
  // What this machine's end of the cable sends is what comes in.
  const down = new PortShaper({ name: cable.outside, udp: "dport", tcp: "sport" });
  const give = (index: number, protocol: "udp" | "tcp", port: number) => {
    for (const shaper of [up, down]) shaper.give(index, protocol, port);
  };
  return {
    host: namespaces.host,
    name: cable.namespace,
    limit(index, { uplink, downlink }) {
      if (uplink !== undefined) up.limit(index, uplink);
      if (downlink !== undefined) down.limit(index, downlink);
    },
    giveServerPort: (index, port) => give(index, "tcp", port),
    giveOwnPort: (index, port) => give(index, "udp", port),
    async [Symbol.asyncDispose]() {
      try {
        await up[Symbol.asyncDispose]();
        await down[Symbol.asyncDispose]();
      } finally {
        namespaces[Symbol.dispose]();
      }
    },
  };
}
