import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BenchError } from "../bench-error.js";

/** What wrk counted. */
export interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly bytes: number;
}

export interface WrkOrder {
  /** Without a path. */
  readonly url: string;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** For its script. */
  readonly folder: string;
  /** CPU that it runs on. */
  readonly core: number;
}

const UNITS: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** @throws {BenchError} when a request failed: figures of errors are none. */
export async function runWrk({
  url,
  paths,
  connections,
  seconds,
  folder,
  core,
}: WrkOrder): Promise<WrkResult> {
  const script = join(folder, "paths.lua");
  const list = paths.map((path) => JSON.stringify(path)).join(", ");
  writeFileSync(
    script,
    `local paths, i = { ${list} }, 0\nrequest = function() i = i % #paths + 1; return wrk.format("GET", paths[i]) end\n`,
  );
  const args = [
    "-c",
    String(core),
    "wrk",
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--timeout",
    "30s",
    "-s",
    script,
    url,
  ];
  const { stdout } = await promisify(execFile)("taskset", args);
  return parseWrk(stdout);
}

export function parseWrk(text: string): WrkResult {
  const [, requests, read, unit] = /(\d+) requests in \S+, ([\d.]+)([KMGT]?)B read/.exec(text) ?? [];
  const [, rate] = /Requests\/sec: +([\d.]+)/.exec(text) ?? [];
  const failed =
    /Non-2xx or 3xx responses: \d+|Socket errors: (?!connect 0, read 0, write 0, timeout 0).*/.exec(text);
  if (requests === undefined || rate === undefined || failed) {
    throw new BenchError(`wrk could not measure: ${failed?.[0] ?? text}`);
  }
  return {
    requests: Number(requests),
    requestsPerSecond: Number(rate),
    bytes: Number(read) * (UNITS[unit ?? ""] ?? 1),
  };
}
