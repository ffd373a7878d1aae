import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { LoadResult } from "../result/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { compileInTurn } from "./compile-in-turn.js";

/**
 * Simulates scenarios side by side, one per core, on threads of their own.
 *
 * @param signal ends it early; what is done by then is returned.
 * @returns results in the order of the scenarios.
 */
export async function runReplicas(
  scenarios: readonly Scenario[],
  signal: AbortSignal,
  onDone: (done: number) => void = () => {},
): Promise<LoadResult[]> {
  compileInTurn();
  // Every simulation listens to it.
  setMaxListeners(0, signal);
  const pool = new Piscina<Scenario, LoadResult>({
    filename: workerFile(),
    maxThreads: Math.max(1, Math.min(scenarios.length, availableParallelism())),
    concurrentTasksPerWorker: 1,
  });
  let done = 0;
  try {
    const settled = await Promise.allSettled(
      scenarios.map(async (scenario) => {
        const result = await pool.run(scenario, { signal });
        onDone(++done);
        return result;
      }),
    );
    const broken = settled.find(({ status }) => status === "rejected");
    if (broken?.status === "rejected" && !signal.aborted) throw broken.reason;
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  } finally {
    await pool.destroy();
  }
}

/** From the sources, as tests run them, the build's has to do: Node reads no TypeScript. */
function workerFile(): string {
  const beside = fileURLToPath(new URL("./worker.js", import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL("../../dist/loadtest/simulate/worker.js", import.meta.url));
}
