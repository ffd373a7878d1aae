import { runEngine } from "../run/engine-command.js";
import { addRealTimeFlags, type RealTimeFlags } from "../run/real-time-flags.js";
import { readRunFlags } from "../run/run-flags.js";
import { browserViewers } from "./engine.js";

/** `nearcast-loadtest browsers`. */
export async function browsersCommand(argv: readonly string[]): Promise<void> {
  const read = readRunFlags<RealTimeFlags>(
    "browsers",
    "Plays a scenario with real players in headless Chromium.",
    argv,
    addRealTimeFlags(),
  );
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  await runEngine(browserViewers(read.own), read.flags, ["nearcast-loadtest browsers", ...argv].join(" "));
}
