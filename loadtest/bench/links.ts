// Viewers behind links of limited speed: each in a network namespace of its own on one bridge of this machine. The
// server's own link is not limited.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumExecutable } from "../browsers/chromium.js";
import { BenchError } from "./bench-error.js";
import { run } from "./command-lines.js";
import { requirePrograms } from "./programs.js";

/** In bits per second; `undefined` is not limited. */
export interface LinkLimits {
  readonly uplink?: number | undefined;
  readonly downlink?: number | undefined;
}

export interface Links extends Disposable {
  /** Address of this machine on the bridge; servers listen here. */
  readonly host: string;
  /** One program per link that runs Chromium behind it. */
  readonly executables: readonly string[];
}

/** Names of everything made here begin with it and the process' id, so that leftovers can be told. */
const PREFIX = "ncb";
const NETWORK = "10.77.0";

/** `tbf` needs room for the largest burst and drops what would wait longer than this. */
const SHAPING = "burst 32kb latency 400ms";

/**
 * Makes one namespace per link; disposing removes them all. What a killed run has left is removed first.
 *
 * @throws {BenchError} where this user or system cannot, or another run has the network.
 */
export function openLinks(limits: readonly LinkLimits[]): Links {
  if (process.getuid?.() !== 0) {
    throw new BenchError("Limited links need network namespaces: run this scenario as root.");
  }
  if (limits.length > 200) throw new BenchError("Limited links: expected at most 200 viewers.");
  requirePrograms(["iproute2"]);
  for (const pid of ownersOfLeftovers()) if (pid === process.pid || !isBench(pid)) remove(pid);
  if (run(`ip -4 -o addr show to ${NETWORK}.0/24`).trim() !== "") {
    throw new BenchError(`Limited links: ${NETWORK}.0/24 is in use on this machine, perhaps by another run.`);
  }

  const name = `${PREFIX}${process.pid}`;
  const dispose = () => remove(process.pid);
  try {
    run(`ip link add ${name} type bridge`);
    run(`ip addr add ${NETWORK}.1/24 dev ${name}`);
    run(`ip link set ${name} up`);
    mkdirSync(wrapperFolder(process.pid), { recursive: true });
    const executables = limits.map((limit, index) => openLink(name, index + 2, limit));
    return { host: `${NETWORK}.1`, executables, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function openLink(bridge: string, number: number, { uplink, downlink }: LinkLimits): string {
  const namespace = `${bridge}-${number}`;
  const outside = `${bridge}v${number}`;
  run(`ip netns add ${namespace}`);
  run(`ip link add ${outside} type veth peer name eth0 netns ${namespace}`);
  run(`ip link set ${outside} master ${bridge} up`);
  run(`ip -n ${namespace} addr add ${NETWORK}.${number}/24 dev eth0`);
  run(`ip -n ${namespace} link set lo up`);
  run(`ip -n ${namespace} link set eth0 up`);
  // WebRTC offers only the address that leads to the world. Nothing gets there: whoever is not on the bridge is not found.
  run(`ip -n ${namespace} route add default dev eth0`);
  if (uplink !== undefined) {
    run(`tc -n ${namespace} qdisc add dev eth0 root tbf rate ${Math.round(uplink)}bit ${SHAPING}`);
  }
  // What the other end of the cable sends is what comes in.
  if (downlink !== undefined)
    run(`tc qdisc add dev ${outside} root tbf rate ${Math.round(downlink)}bit ${SHAPING}`);
  const wrapper = join(wrapperFolder(process.pid), namespace);
  // `exec`, so that the process that playwright ends is Chromium itself.
  const script = `#!/bin/sh\nexec ip netns exec ${namespace} '${chromiumExecutable()}' "$@"\n`;
  writeFileSync(wrapper, script, { mode: 0o755 });
  return wrapper;
}

/** Removes everything that the bench with this process id has made. May be called again. */
function remove(pid: number): void {
  const bridge = `${PREFIX}${pid}`;
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
  rmSync(wrapperFolder(pid), { recursive: true, force: true });
}

function ownersOfLeftovers(): number[] {
  const names = [...namespaces(), ...run("ip -o link show type bridge").split(/[\s:@]+/)];
  const owners = names.map((name) => new RegExp(`^${PREFIX}(\\d+)(-\\d+)?$`).exec(name)?.[1]);
  return [...new Set(owners.filter((pid) => pid !== undefined).map(Number))];
}

function namespaces(): string[] {
  return run("ip netns list")
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter(Boolean);
}

function wrapperFolder(pid: number): string {
  return join(tmpdir(), `nearcast-bench-${pid}`);
}

/** Whether the process still runs and is a bench, not a later program that has got its number. */
function isBench(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("bench");
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
