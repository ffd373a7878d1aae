import { type ChromiumsBehind, chromiumsBehind } from "../links/chromium-behind.js";
import { type LinkLimits, openNamespaces } from "../links/namespaces.js";
import { requirePrograms } from "./programs.js";

export interface Links extends Disposable {
  /** Address of this machine on the bridge; servers listen here. */
  readonly host: string;
  /** One program per link that runs Chromium behind it. */
  readonly executables: readonly string[];
}

/** One network, so that no two benches run beside each other. */
const PLACE = { prefix: "ncb", networks: ["10.77.0"], program: "bench" };

/**
 * Makes one namespace per link; disposing removes them all.
 *
 * @throws {BenchError} where this user or system cannot, or another run has the network.
 */
export function openLinks(limits: readonly LinkLimits[]): Links {
  requirePrograms(["iproute2"]);
  const namespaces = openNamespaces(limits, PLACE);
  let behind: ChromiumsBehind;
  try {
    behind = chromiumsBehind(namespaces.cables);
  } catch (error) {
    namespaces[Symbol.dispose]();
    throw error;
  }
  return {
    host: namespaces.host,
    executables: behind.executables,
    [Symbol.dispose]: () => {
      namespaces[Symbol.dispose]();
      behind[Symbol.dispose]();
    },
  };
}
