import { run, runWords } from "../bench/command-lines.js";
import type { Cable } from "./namespaces.js";

/** Of the routing table that leads a namespace's packets to itself out of it. */
const TABLE = 50;

/**
 * Makes what a namespace sends to its own address leave by the cable and come back, as it does between two: otherwise
 * neighbours within it have no link between them that could be limited.
 *
 * @throws {BenchError}
 */
export function sendOwnOut({ namespace, outside, address }: Cable): void {
  run(`ip link set ${outside} type bridge_slave hairpin on`);
  const [, hardware = ""] = /link\/ether (\S+)/.exec(run(`ip -n ${namespace} -o link show eth0`)) ?? [];
  run(`ip -n ${namespace} neigh replace ${address} lladdr ${hardware} dev eth0 nud permanent`);
  // Only what begins here goes out; what comes in finds the address where it is.
  run(`ip -n ${namespace} route add ${address} dev eth0 table ${TABLE}`);
  run(`ip -n ${namespace} rule add pref 50 iif lo to ${address} lookup ${TABLE}`);
  run(`ip -n ${namespace} rule add pref 100 lookup local`);
  run(`ip -n ${namespace} rule del pref 0 lookup local`);
  // Packets from one's own address are forgeries otherwise.
  const settings = ["all/rp_filter:0", "eth0/rp_filter:0", "eth0/accept_local:1"].map((setting) => {
    const [name, value] = setting.split(":");
    return `echo ${value} > /proc/sys/net/ipv4/conf/${name}`;
  });
  runWords(["ip", "netns", "exec", namespace, "sh", "-c", settings.join(" && ")]);
}
