import { run } from "../bench/command-lines.js";
import type { Cable } from "./namespaces.js";

/**
 * Has TCP hand over one packet at a time to a cable, at both ends: to `htb`, which does not take apart what is handed over
 * together (segmentation offload), 64 kB are as good as one packet, and go before the link has earned them.
 *
 * @throws {BenchError}
 */
export function sendPacketByPacket({ namespace, outside, bridge }: Cable): void {
  run(`ip -n ${namespace} link set eth0 gso_max_segs 1`);
  for (const device of [outside, bridge]) run(`ip link set ${device} gso_max_segs 1`);
}
