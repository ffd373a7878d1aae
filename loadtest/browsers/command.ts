import { runEngine } from "../run/engine-command.js";
import { readRunFlags } from "../run/run-flags.js";
import { browserViewers } from "./engine.js";

/** `nearcast-loadtest browsers`. */
export async function browsersCommand(argv: readonly string[]): Promise<void> {
  const read = readRunFlags(
    "browsers",
    "Plays a scenario with real players in headless Chromium. Links are this machine's: scenarios with slow ones are for the simulator.",
    argv,
  );
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  await runEngine(browserViewers, read.flags, ["nearcast-loadtest browsers", ...argv].join(" "));
}
