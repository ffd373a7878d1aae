import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { getHeapStatistics } from "node:v8";
import { Piscina } from "piscina";
import type { LoadResult } from "../result/result.js";
import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { compileInTurn } from "./compile-in-turn.js";

/**
 * Simulates scenarios side by side, one per core, on threads of their own.
 *
 * @param signal ends it early; what is done by then is returned.
 * @returns results in the order of the scenarios.
 * @throws what the first one has failed of, after all others are done.
 */
export async function runReplicas(
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  onDone: (done: number) => void = () => {},
): Promise<LoadResult[]> {
  const results: LoadResult[] = [];
  const failures: Error[] = [];
  let done = 0;
  await runEach(scenarios, signal, (index, outcome) => {
    if (outcome instanceof Error) failures.push(outcome);
    else {
      results[index] = outcome;
      onDone(++done);
    }
  });
  if (failures[0]) throw failures[0];
  // Those that were interrupted have left holes.
  return results.filter(() => true);
}

/**
 * As {@link runReplicas}, for those who want each result as soon as it is there: hours of other simulations must not be
 * lost for one.
 *
 * @param onSettled hears what became of the scenario at `index`; not of those that were interrupted.
 */
export async function runEach(
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  onSettled: (index: number, outcome: LoadResult | Error) => void,
): Promise<void> {
  compileInTurn();
  // Every simulation listens to it.
  setMaxListeners(0, signal);
  const pool = new Piscina<Scenario, LoadResult>({
    filename: workerFile(),
    maxThreads: Math.max(1, Math.min(scenarios.length, availableParallelism())),
    concurrentTasksPerWorker: 1,
  });
  try {
    await Promise.all(
      scenarios.map(async (scenario, index) => {
        const outcome = await pool.run(scenario, { signal }).catch((error) => explained(error, scenario));
        if (!(outcome instanceof Error && signal.aborted)) onSettled(index, outcome);
      }),
    );
  } finally {
    await pool.destroy();
  }
}

function explained(error: NodeJS.ErrnoException, { audience }: Scenario): Error {
  if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  const mostMiB = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  return new ScenarioError(
    `audience.viewers: expected as many as fit into the ${mostMiB} MiB that Node allows a simulation, got ${audience.viewers}; NODE_OPTIONS=--max-old-space-size=MIB allows more`,
    { cause: error },
  );
}

/** From the sources, as tests run them, the build's has to do: Node reads no TypeScript. */
function workerFile(): string {
  const beside = fileURLToPath(new URL("./worker.js", import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL("../../dist/loadtest/simulate/worker.js", import.meta.url));
}
