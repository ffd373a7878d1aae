// Viewers behind links of limited speed: each in a network namespace of its own on one bridge of this machine. The
// server's own link is not limited.
import { readFileSync } from "node:fs";
import { findExecutable } from "../../command-line/executable.js";
import { BenchError } from "../bench/bench-error.js";
import { run } from "../bench/command-lines.js";

/** In bits per second; `undefined` is not limited. */
export interface LinkLimits {
  readonly uplink?: number | undefined;
  readonly downlink?: number | undefined;
}

/** Where namespaces are made, and by what they are told from those of other programs. */
export interface NamespacePlace {
  /** Names begin with it and the process' id, so that leftovers can be told; 3 letters, as devices' names are short. */
  readonly prefix: string;
  /** First three numbers of /24 networks, of which the first that is free is taken. */
  readonly networks: readonly string[];
  /** Found in the command line of every process that makes namespaces with this prefix. */
  readonly program: string;
}

/** Leads out of a namespace, where it is called `eth0`. */
export interface Cable {
  /** What `ip netns exec` takes. */
  readonly namespace: string;
  /** This machine's end. */
  readonly outside: string;
  /** The namespace's. */
  readonly address: string;
  /** That this machine's end is on. */
  readonly bridge: string;
}

export interface Namespaces extends Disposable {
  /** Address of this machine on the bridge; servers listen here. */
  readonly host: string;
  /** One per link. */
  readonly cables: readonly Cable[];
}

const MOST_LINKS = 250;

/** Of each link: what passes at once after a rest, and for how long the rest may wait before it is dropped. */
export const LINK_BURST_KIB = 32;
export const LINK_LONGEST_WAIT_MS = 400;
const SHAPING = `burst ${LINK_BURST_KIB}kb latency ${LINK_LONGEST_WAIT_MS}ms`;

/** Why namespaces cannot be made here; `undefined` where they can. */
export function namespacesRefusedBecause(): string | undefined {
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const missing = ["ip", "tc"].filter((name) => findExecutable(name) === undefined);
  if (missing.length > 0) {
    return `network namespaces need ${missing.join(" and ")} (apt-get install iproute2)`;
  }
  return mayMakeNamespaces() ? undefined : "network namespaces need the capabilities net_admin and sys_admin";
}

/** Numbers of CAP_NET_ADMIN and CAP_SYS_ADMIN (capabilities(7)), which root of a container may lack. */
const CAPABILITIES = [12n, 21n];

function mayMakeNamespaces(): boolean {
  const held = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return CAPABILITIES.every((number) => (BigInt(`0x${held ?? "0"}`) >> number) & 1n);
}

/**
 * Makes one namespace per link; disposing removes them all. What a killed run has left is removed first.
 *
 * @throws {BenchError} where this user or system cannot, or other runs have the networks.
 */
export function openNamespaces(limits: readonly LinkLimits[], place: NamespacePlace): Namespaces {
  const refusal = namespacesRefusedBecause();
  if (refusal !== undefined) throw new BenchError(`Limited links: ${refusal}.`);
  if (limits.length > MOST_LINKS) {
    throw new BenchError(`Limited links: expected at most ${MOST_LINKS} viewers, got ${limits.length}.`);
  }
  const { prefix, networks, program } = place;
  for (const pid of ownersOfLeftovers(prefix)) {
    if (pid === process.pid || !isRunning(pid, program)) remove(prefix, pid);
  }
  const network = networks.find((candidate) => run(`ip -4 -o addr show to ${candidate}.0/24`).trim() === "");
  if (network === undefined) {
    const which = networks.map((candidate) => `${candidate}.0/24`).join(", ");
    const [verb, noun] = networks.length === 1 ? ["is", "run"] : ["are", "runs"];
    throw new BenchError(`Limited links: ${which} ${verb} in use on this machine, perhaps by other ${noun}.`);
  }

  const bridge = `${prefix}${process.pid}`;
  const dispose = () => remove(prefix, process.pid);
  try {
    run(`ip link add ${bridge} type bridge`);
    run(`ip addr add ${network}.1/24 dev ${bridge}`);
    run(`ip link set ${bridge} up`);
    const cables = limits.map((limit, index) => {
      const cable = open(bridge, network, index + FIRST_NUMBER);
      limitOne(cable, limit);
      return cable;
    });
    return { host: `${network}.1`, cables, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Of the first viewer's address; the bridge has the one before it. */
const FIRST_NUMBER = 2;

/** @param number the last of its address. */
function open(bridge: string, network: string, number: number): Cable {
  const namespace = `${bridge}-${number}`;
  const address = `${network}.${number}`;
  const outside = `${bridge}v${number}`;
  run(`ip netns add ${namespace}`);
  run(`ip link add ${outside} type veth peer name eth0 netns ${namespace}`);
  run(`ip link set ${outside} master ${bridge} up`);
  run(`ip -n ${namespace} addr add ${address}/24 dev eth0`);
  run(`ip -n ${namespace} link set lo up`);
  run(`ip -n ${namespace} link set eth0 up`);
  // WebRTC offers only the address that leads to the world. Nothing gets there: whoever is not on the bridge is not found.
  run(`ip -n ${namespace} route add default dev eth0`);
  return { namespace, outside, address, bridge };
}

function limitOne({ namespace, outside }: Cable, { uplink, downlink }: LinkLimits): void {
  if (uplink !== undefined) {
    run(`tc -n ${namespace} qdisc add dev eth0 root tbf rate ${Math.round(uplink)}bit ${SHAPING}`);
  }
  // What this machine's end of the cable sends is what comes in.
  if (downlink !== undefined) {
    run(`tc qdisc add dev ${outside} root tbf rate ${Math.round(downlink)}bit ${SHAPING}`);
  }
}

/** Removes everything that the process with this id has made. May be called again. */
function remove(prefix: string, pid: number): void {
  const bridge = `${prefix}${pid}`;
  for (const namespace of namespaces().filter((name) => name.startsWith(`${bridge}-`))) {
    for (const left of run(`ip netns pids ${namespace}`).split("\n").filter(Boolean)) kill(Number(left));
    // Its half of the veth pair, and with it the other half, goes when the last process in it has ended.
    run(`ip netns del ${namespace}`);
  }
  const links = run("ip -o link show").matchAll(/^\d+: ([^:@]+)/gm);
  for (const [, link = ""] of links) {
    if (link !== bridge && !link.startsWith(`${bridge}v`)) continue;
    try {
      run(`ip link del ${link}`);
    } catch {
      // It went with its namespace since the list was made.
    }
  }
}

function ownersOfLeftovers(prefix: string): number[] {
  const names = [...namespaces(), ...run("ip -o link show type bridge").split(/[\s:@]+/)];
  const owners = names.map((name) => new RegExp(`^${prefix}(\\d+)(-\\d+)?$`).exec(name)?.[1]);
  return [...new Set(owners.filter((pid) => pid !== undefined).map(Number))];
}

function namespaces(): string[] {
  return run("ip netns list")
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter(Boolean);
}

/** Whether the process still runs and is the program that makes namespaces, not a later one that has got its number. */
function isRunning(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(program);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
