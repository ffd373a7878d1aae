import { readdirSync, readFileSync } from "node:fs";

/** Ids of the processes that this process has started, and those in turn, whose command line has `text` in it. */
export function processesOfThisProcess(text: string): number[] {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const parentOf = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parentOf.get(at)) {
      if (at === process.pid) return true;
    }
    return false;
  };
  return processes.filter(({ pid, command }) => command.includes(text) && isOurs(pid)).map(({ pid }) => pid);
}

function readProcess(pid: number): { pid: number; parent: number; command: string } | undefined {
  try {
    // The name in brackets may have spaces and brackets in it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return { pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, "utf8") };
  } catch {
    // It has ended in between.
    return undefined;
  }
}
