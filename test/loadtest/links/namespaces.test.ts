import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { openLinkedNamespaces } from "../../../loadtest/links/linked-namespaces.js";
import { builtFolder } from "../../../pages/built-folder.js";
import { mayMakeNamespaces } from "../../support/namespaces.js";

const BYTES = 150_000;
/** A narrow link lets this much pass at once. */
const BURST_BYTES = 32_768;

test("a viewer in a namespace sends no faster than its uplink, and nothing is left afterwards", async () => {
  if (!mayMakeNamespaces()) {
    expect(() => openLinkedNamespaces([{}])).toThrow(/network namespaces need/);
    return;
  }
  {
    using namespaces = openLinkedNamespaces([{ upMbps: 1 }]);
    const server = createServer((socket) => void socket.resume().on("end", () => socket.end()));
    server.listen(0, namespaces.host);
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const program = `
      const socket = require("node:net").connect(${port}, "${namespaces.host}");
      const startedAtMs = performance.now();
      socket.end(Buffer.alloc(${BYTES})).resume().on("close", () => console.log(performance.now() - startedAtMs));`;
    const tookMs = Number(
      await inNamespace(namespaces.cables[0]?.namespace, process.execPath, "-e", program),
    );
    server.close();
    // A slow machine only makes it longer.
    expect(tookMs).toBeGreaterThan((BYTES - BURST_BYTES) * 8e-3);
    expect(namespacesOf(process.pid)).toHaveLength(1);
  }
  expect(namespacesOf(process.pid)).toEqual([]);
}, 30_000);

test("what a killed run has left is removed by the next one", async () => {
  if (!mayMakeNamespaces()) return expect(mayMakeNamespaces()).toBe(false);
  const module = JSON.stringify(resolve(builtFolder(), "loadtest/links/linked-namespaces.js"));
  const program = `import(${module}).then(({ openLinkedNamespaces }) => {
    openLinkedNamespaces([{}, {}]);
    console.log("open");
    setInterval(() => {}, 1_000);
  })`;
  const killed = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(killed.stdout), "line");
  expect(namespacesOf(killed.pid)).toHaveLength(2);
  killed.kill("SIGKILL");
  await once(killed, "exit");
  using _next = openLinkedNamespaces([{}]);
  expect(namespacesOf(killed.pid)).toEqual([]);
}, 30_000);

function namespacesOf(pid: number | undefined): string[] {
  return execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.startsWith(`ncl${pid}-`));
}

function inNamespace(namespace = "", ...command: readonly string[]): Promise<string> {
  const child = spawn("ip", ["netns", "exec", namespace, ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return once(createInterface(child.stdout), "line").then(([line]) => String(line));
}
