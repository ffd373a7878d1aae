import { setFlagsFromString } from "node:v8";

/**
 * Lets threads that start from now on optimize their code themselves instead of on helper threads.
 *
 * Node 20 aborted now and then when threads of simulations ended ("GetForegroundTaskRunner"), and has not with this.
 * Most likely a helper then asks for a thread that has gone. Only Node 20 is told, as only there it was seen.
 */
export function compileInTurn(): void {
  if (process.versions.node.startsWith("20.")) setFlagsFromString("--no-concurrent-recompilation");
}
