import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { builtFolder } from "../../../demo/stack.js";
import { BenchError } from "../bench-error.js";
import { parseProcessUsage } from "../cpu.js";
import { freePort } from "../free-port.js";

const TICKS_PER_SECOND = 100;

/** A server in a process of its own, on one core. */
export interface Server {
  readonly name: "nginx" | "nearcast";
  readonly url: string;
  /** In front of a file's path. */
  readonly prefix: string;
  /** Used since its start, by the process that serves. */
  cpuSeconds(): number;
  residentBytes(): number;
  stop(): Promise<void>;
}

/** nginx as Debian packages it, with sendfile and one worker. */
export async function startNginx(served: string, folder: string, core: number): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const conf = join(folder, "nginx.conf");
  // As root, nginx would serve as a user who may not read temporary folders.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(
    conf,
    `${user} worker_processes 1; daemon off; pid ${join(folder, "pid")}; error_log ${join(folder, "error.log")};
     events { worker_connections 4096; }
     http { sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000000;
            types { application/vnd.apple.mpegurl m3u8; video/mp4 m4s mp4; }
            server { listen 127.0.0.1:${port} backlog=4096; root ${served}; } }`,
  );
  const child = spawn("taskset", ["-c", String(core), "nginx", "-c", conf], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child);
  const worker = childOf(child.pid ?? 0) ?? child.pid ?? 0;
  return { name: "nginx", url, prefix: "", ...figuresOf(worker), stop: () => stop(child) };
}

/** The origin as its command line starts it, with integrity and metrics on. */
export async function startNearcast(args: readonly string[], prefix: string, core: number): Promise<Server> {
  const program = join(builtFolder(), "origin", "cli.js");
  const line = [
    "-c",
    String(core),
    process.execPath,
    program,
    "--port",
    "0",
    "--log-level",
    "error",
    ...args,
  ];
  const child = spawn("taskset", line, { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = (await once(createInterface(child.stdout), "line")) as [string];
  const url = new URL(first).origin;
  return { name: "nearcast", url, prefix, ...figuresOf(child.pid ?? 0), stop: () => stop(child) };
}

function figuresOf(pid: number): Pick<Server, "cpuSeconds" | "residentBytes"> {
  return {
    cpuSeconds: () =>
      parseProcessUsage(readFileSync(`/proc/${pid}/stat`, "utf8")).usedTicks / TICKS_PER_SECOND,
    residentBytes: () => {
      const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      return Number(kilobytes) * 1024;
    },
  };
}

/** nginx's worker, which is the one that serves. */
function childOf(parent: number): number | undefined {
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const usage = parseProcessUsage(readFileSync(`/proc/${name}/stat`, "utf8"));
      if (usage.parent === parent) return usage.pid;
    } catch {
      // It has ended since the folder was listed.
    }
  }
  return undefined;
}

const START_TRIES = 200;
const START_PAUSE_MS = 25;

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < START_TRIES && child.exitCode === null; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response) return;
    await new Promise((resolve) => setTimeout(resolve, START_PAUSE_MS));
  }
  throw new BenchError(`${child.spawnfile} does not answer at ${url}.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
