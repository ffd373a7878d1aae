import { namespacesRefusedBecause } from "../../loadtest/links/namespaces.js";
import { requireProgram } from "./program.js";

/**
 * Whether this user may make network namespaces: tests claim another thing where it may not.
 *
 * @throws where only the programs are missing.
 */
export function mayMakeNamespaces(): boolean {
  if (process.getuid?.() === 0) for (const program of ["ip", "tc"]) requireProgram(program);
  return namespacesRefusedBecause() === undefined;
}
