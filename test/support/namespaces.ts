import { execFileSync } from "node:child_process";
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

/** How many UDP ports of viewers in this process' namespace belong to a link; 0 where there is no namespace. */
export function linkedUdpPorts(): number {
  const [namespace = ""] = namespacesOf(process.pid);
  if (!namespace) return 0;
  const filters = execFileSync("tc", ["-n", namespace, "filter", "show", "dev", "eth0"], {
    encoding: "utf8",
  });
  return filters.match(/fh 2:\S+ .*flowid/g)?.length ?? 0;
}

/** Namespaces that load tests in the process with this id have made. */
export function namespacesOf(pid: number | undefined): string[] {
  return execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.startsWith(`ncl${pid}-`))
    .map((line) => line.split(" ")[0] as string);
}
