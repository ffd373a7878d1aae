import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openOwnPorts } from "../../../loadtest/links/own-ports.js";
import {
  openSharedNamespace,
  sharedNamespaceRefusedBecause,
} from "../../../loadtest/links/shared-namespace.js";
import { builtFolder } from "../../../pages/built-folder.js";
import { mayMakeNamespaces, namespacesOf } from "../../support/namespaces.js";

/** A narrow link lets this much pass at once. */
const BURST_BYTES = 32_768;
const MBPS = 1;

/** A slow machine only makes it longer. */
const shortestMs = (bytes: number) => ((bytes - BURST_BYTES) * 8e-3) / MBPS;

test("viewers of one namespace send to a server no faster than their own links, and nothing is left afterwards", async () => {
  if (!mayMakeNamespaces()) {
    expect(() => openSharedNamespace()).toThrow(/network namespaces need/);
    return;
  }
  const BYTES = 150_000;
  {
    await using namespace = openSharedNamespace();
    const server = createServer((socket) => void socket.resume().on("end", () => socket.end()));
    server.listen(0, namespace.host);
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    using own = await openOwnPorts(namespace.host, [`http://${namespace.host}:${port}`]);
    namespace.limit(0, { uplink: MBPS * 1e6 });
    for (const ownPort of own.ports) namespace.giveServerPort(0, ownPort);
    const program = `
      const socket = require("node:net").connect(${own.ports[0]}, "${namespace.host}");
      const startedAtMs = performance.now();
      socket.end(Buffer.alloc(${BYTES})).resume().on("close", () => console.log(performance.now() - startedAtMs));`;
    const [tookMs] = await inNamespace(namespace.name, program);
    server.close();
    expect(Number(tookMs)).toBeGreaterThan(shortestMs(BYTES));
    expect(namespacesOf(process.pid)).toHaveLength(1);
  }
  expect(namespacesOf(process.pid)).toEqual([]);
}, 30_000);

test("what viewers of one namespace send each other is counted to the link of whoever sends it", async () => {
  if (!mayMakeNamespaces()) return expect(mayMakeNamespaces()).toBe(false);
  const PACKET_BYTES = 1_000;
  /** Fewer than what may wait for the link, so that none is dropped. */
  const PACKETS = 70;
  const ports = [41_001, 41_002] as const;
  await using namespace = openSharedNamespace();
  for (const [index, port] of ports.entries()) {
    namespace.limit(index, { uplink: MBPS * 1e6 });
    // As when a port that another viewer has had comes again.
    namespace.giveOwnPort(1 - index, port);
    namespace.giveOwnPort(index, port);
  }
  await allTold(namespace.name, ports.length);
  // The first one sends; the second one tells how long it was from the first packet to the last.
  const program = `
    const address = Object.values(require("node:os").networkInterfaces()).flat()
      .find(({ family, internal }) => family === "IPv4" && !internal).address;
    const [from, to] = [${ports}].map((port) => require("node:dgram").createSocket("udp4").bind(port, address));
    let firstAtMs, come = 0;
    to.on("message", () => {
      firstAtMs ??= performance.now();
      if (++come < ${PACKETS}) return;
      console.log(performance.now() - firstAtMs);
      process.exit();
    });
    to.on("listening", () => {
      for (let sent = 0; sent < ${PACKETS}; sent++) from.send(Buffer.alloc(${PACKET_BYTES}), ${ports[1]}, address);
    });`;
  const [tookMs] = await inNamespace(namespace.name, program);
  expect(Number(tookMs)).toBeGreaterThan(shortestMs(PACKETS * PACKET_BYTES));
  const [first, second] = sentByClass(namespace.name);
  expect(first).toBeGreaterThan(PACKETS * PACKET_BYTES);
  expect(second).toBe(0);
}, 30_000);

test("what a killed run has left is removed by the next one", async () => {
  if (!mayMakeNamespaces()) return expect(mayMakeNamespaces()).toBe(false);
  const module = JSON.stringify(resolve(builtFolder(), "loadtest/links/shared-namespace.js"));
  const program = `import(${module}).then(({ openSharedNamespace }) => {
    openSharedNamespace();
    console.log("open");
    setInterval(() => {}, 1_000);
  })`;
  const killed = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(killed.stdout), "line");
  expect(namespacesOf(killed.pid)).toHaveLength(1);
  killed.kill("SIGKILL");
  await once(killed, "exit");
  await using _next = openSharedNamespace();
  expect(namespacesOf(killed.pid)).toEqual([]);
}, 30_000);

test("more sessions than there are ports for are refused with their number and the limit", () => {
  if (!mayMakeNamespaces()) return expect(sharedNamespaceRefusedBecause(1)).toMatch(/need/);
  expect(sharedNamespaceRefusedBecause(5_000)).toBeUndefined();
  expect(sharedNamespaceRefusedBecause(5_001)).toMatch(/5001 sessions .*at most 5000/);
});

test("links that tc cannot make are told at the end, with what it says", async () => {
  if (!mayMakeNamespaces()) return expect(mayMakeNamespaces()).toBe(false);
  const namespace = openSharedNamespace();
  namespace.limit(0, { uplink: -1 });
  await expect(namespace[Symbol.asyncDispose]()).rejects.toThrow(/Limited links: tc said: .*rate/);
  expect(namespacesOf(process.pid)).toEqual([]);
}, 30_000);

/** Waits until the filters of so many ports are there: tc is told of them and does not answer. */
async function allTold(namespace: string, ports: number): Promise<void> {
  await expect
    .poll(() => tc(namespace, "filter", "show", "dev", "eth0").match(/flowid/g)?.length, { timeout: 10_000 })
    .toBe(ports);
}

/** Bytes that each viewer has sent. */
function sentByClass(namespace: string): number[] {
  const classes = tc(namespace, "-s", "class", "show", "dev", "eth0");
  const sent = [...classes.matchAll(/class htb 1:(\w+)[\s\S]*?Sent (\d+) bytes/g)];
  return sent
    .sort(([, one = ""], [, other = ""]) => Number.parseInt(one, 16) - Number.parseInt(other, 16))
    .map(([, , bytes]) => Number(bytes));
}

function tc(namespace: string, ...args: readonly string[]): string {
  return execFileSync("tc", ["-n", namespace, ...args], { encoding: "utf8" });
}

/** Runs a script of Node in it; @returns its first line. */
async function inNamespace(namespace: string, script: string): Promise<string[]> {
  const command = ["netns", "exec", namespace, process.execPath, "-e", script];
  const child = spawn("ip", command, { stdio: ["ignore", "pipe", "inherit"] });
  return (await once(createInterface(child.stdout), "line")) as string[];
}
