import { spawnSync } from "node:child_process";
import { BenchError } from "./bench-error.js";
import { packageRoot } from "./package-root.js";

/**
 * Makes sure that programs of the system are there, installing them where that is allowed.
 *
 * @param names as scripts/programs.mjs knows them.
 * @throws {BenchError} where they are missing; what to do has been printed then.
 */
export function requirePrograms(names: readonly string[]): void {
  const { status } = spawnSync(process.execPath, ["scripts/programs.mjs", ...names], {
    cwd: packageRoot(),
    stdio: "inherit",
  });
  if (status !== 0) throw new BenchError(`Missing on this machine: ${names.join(", ")}.`);
}
