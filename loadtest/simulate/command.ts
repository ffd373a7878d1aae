import { runEngine } from "../run/engine-command.js";
import { readRunFlags } from "../run/run-flags.js";
import { simulator } from "./engine.js";

/** `nearcast-loadtest simulate`. */
export async function simulateCommand(argv: readonly string[]): Promise<void> {
  const read = readRunFlags(
    "simulate",
    "Plays a scenario in simulated time with the player's own policies.",
    argv,
  );
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  await runEngine(simulator, read.flags, ["nearcast-loadtest simulate", ...argv].join(" "));
}
