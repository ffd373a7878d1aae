import { availableParallelism, freemem } from "node:os";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";

/** What real viewers of one kind take of a machine. */
export interface Needs {
  /** How errors call them. */
  readonly viewers: string;
  /** So many for each core were measured to play without being held up, on a machine with two. */
  readonly perCore: number;
  /** Memory for each of them, the programs that they share included. */
  readonly mib: number;
  /** Who carries more, as the rest of a sentence. */
  readonly otherwise: string;
}

export interface Machine {
  readonly cores: number;
  readonly freeMiB: number;
}

/**
 * Refuses a scenario with more viewers at a time than this machine has room for.
 *
 * @throws {ScenarioError} that names the field, the limit and what makes it.
 */
export function requireRoom(
  { audience }: Scenario,
  { viewers, perCore, mib, otherwise }: Needs,
  { cores, freeMiB }: Machine = thisMachine(),
): void {
  const most = Math.max(1, Math.min(cores * perCore, Math.floor(freeMiB / mib)));
  if (audience.viewers <= most) return;
  throw new ScenarioError(
    `audience.viewers: expected at most ${most} ${viewers} on this machine (${perCore} for each of its ${cores} cores; each takes ${mib} of ${Math.floor(freeMiB)} free MiB), got ${audience.viewers}; ${otherwise}`,
  );
}

function thisMachine(): Machine {
  return { cores: availableParallelism(), freeMiB: freemem() / 2 ** 20 };
}
