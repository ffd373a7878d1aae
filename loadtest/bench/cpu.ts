import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { sum } from "./statistics.js";

/** USER_HZ, in which /proc counts; 100 on every Linux that Chromium is built for. */
export const TICKS_PER_SECOND = 100;

/** One process as `/proc/<pid>/stat` shows it. */
export interface ProcessUsage {
  readonly pid: number;
  readonly parent: number;
  /** Since boot; with the pid it tells a process from a later one of the same number. */
  readonly startTicks: number;
  /** Used so far, in user mode and in the kernel. */
  readonly usedTicks: number;
}

/** @param stat content of `/proc/<pid>/stat`; the name in it may contain spaces and parentheses. */
export function parseProcessUsage(stat: string): ProcessUsage {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // proc(5) counts from 1 and `fields` begins with its field 3.
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    parent: field(4),
    startTicks: field(22),
    usedTicks: field(14) + field(15),
  };
}

/** All descendants of a process, children of children included. */
export function descendantsOf(rootPid: number, processes: readonly ProcessUsage[]): ProcessUsage[] {
  const children = processes.filter(({ parent }) => parent === rootPid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes)]);
}

/**
 * Counts what this process' descendants (the browsers) use from now on. A process that has ended counts with what it
 * had used at the last look, so look about every second.
 */
export class CpuMeter {
  readonly #usedTicks = new Map<string, number>();
  readonly #beforeTicks = new Map<string, number>();
  readonly #machineBefore = machineBusyMs();
  readonly #sinceMs = performance.now();

  constructor() {
    for (const [key, ticks] of this.#read()) this.#beforeTicks.set(key, ticks);
  }

  look(): void {
    for (const [key, ticks] of this.#read()) this.#usedTicks.set(key, ticks);
  }

  /** Seconds that the browsers have used, at the last look. */
  get browserSeconds(): number {
    const ticks = [...this.#usedTicks].map(([key, used]) => used - (this.#beforeTicks.get(key) ?? 0));
    return sum(ticks) / TICKS_PER_SECOND;
  }

  /** Cores used on average: by the browsers, and by everything on this machine. */
  get cores(): { readonly browsers: number; readonly machine: number } {
    const elapsedMs = performance.now() - this.#sinceMs;
    return {
      browsers: (this.browserSeconds * 1000) / elapsedMs,
      machine: (machineBusyMs() - this.#machineBefore) / elapsedMs,
    };
  }

  #read(): [key: string, ticks: number][] {
    return descendantsOf(process.pid, readProcesses()).map((found) => [
      `${found.pid}/${found.startTicks}`,
      found.usedTicks,
    ]);
  }
}

function readProcesses(): ProcessUsage[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseProcessUsage(readFileSync(`/proc/${pid}/stat`, "utf8"))];
      } catch {
        // It has ended since the folder was listed.
        return [];
      }
    });
}

/** Milliseconds for which cores of this machine have been busy since it was started, with whatever. */
export function machineBusyMs(): number {
  return sum(cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq));
}
