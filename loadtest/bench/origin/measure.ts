import { cpus } from "node:os";
import { sum } from "../statistics.js";
import type { Server } from "./servers.js";
import { runWrk, type WrkOrder } from "./wrk.js";

/** One measurement of one server. */
export interface Sample {
  readonly server: Server["name"];
  readonly requestsPerSecond: number;
  readonly gigabytesPerSecond: number;
  /** Of the server alone. */
  readonly cpuSecondsPerGigabyte: number;
  /** Cores that other programs of this machine used meanwhile, which the figures suffer from. */
  readonly othersCores: number;
}

export async function measure(server: Server, order: Omit<WrkOrder, "url">): Promise<Sample> {
  const cpuBefore = server.cpuSeconds();
  const busyBefore = machineBusySeconds();
  const children = process.resourceUsage();
  const started = performance.now();
  const result = await runWrk({
    ...order,
    url: server.url,
    paths: order.paths.map((path) => server.prefix + path),
  });
  const elapsedS = (performance.now() - started) / 1000;
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  const gigabytes = result.bytes / 1e9;
  // wrk fills its core; this process hardly works meanwhile.
  const own = (process.resourceUsage().userCPUTime - children.userCPUTime) / 1e6;
  const othersCores = (machineBusySeconds() - busyBefore - cpuSeconds - own) / elapsedS - 1;
  return {
    server: server.name,
    requestsPerSecond: result.requestsPerSecond,
    gigabytesPerSecond: gigabytes / elapsedS,
    cpuSecondsPerGigabyte: cpuSeconds / gigabytes,
    othersCores: Math.max(0, othersCores),
  };
}

function machineBusySeconds(): number {
  return sum(cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq)) / 1000;
}
