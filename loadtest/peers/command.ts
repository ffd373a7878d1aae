import { runEngine } from "../run/engine-command.js";
import { addRealTimeFlags, type RealTimeFlags } from "../run/real-time-flags.js";
import { readRunFlags } from "../run/run-flags.js";
import { headlessViewers } from "./engine.js";

/** `nearcast-loadtest peers`. */
export async function peersCommand(argv: readonly string[]): Promise<void> {
  const read = readRunFlags<RealTimeFlags>(
    "peers",
    "Plays a scenario with headless viewers in processes of Node: real data channels, a real tracker and origin, the player's own delivery, and a virtual player.",
    argv,
    addRealTimeFlags(["auto", "namespaces", "none"]),
  );
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  await runEngine(headlessViewers(read.own), read.flags, ["nearcast-loadtest peers", ...argv].join(" "));
}
