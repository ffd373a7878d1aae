import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { packageRoot } from "./package-root.js";

/** What figures depend on besides the code: hardware, system and versions. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly chromium: string;
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ["hls.js", "p2p-media-loader-hlsjs"];

/** @param chromium its version, which only a running one tells. */
export function describeMachine(chromium: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    chromium,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const file = join(packageRoot(), "node_modules", name, "package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}
