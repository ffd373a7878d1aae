import { sendOwnOut } from "./hairpin.js";
import { openLinkedNamespaces } from "./linked-namespaces.js";
import type { LinkLimits } from "./namespaces.js";
import { PortShaper } from "./port-shaper.js";

/** A network namespace for many viewers, each with a link of its own that its ports show. */
export interface SharedNamespace extends AsyncDisposable {
  /** Address of this machine on the bridge; servers listen here. */
  readonly host: string;
  /** What `ip netns exec` takes. */
  readonly name: string;
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
  const namespaces = openLinkedNamespaces([{}]);
  const [cable] = namespaces.cables;
  try {
    if (cable === undefined) throw new Error("one link was asked for and none made");
    sendOwnOut(cable);
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
