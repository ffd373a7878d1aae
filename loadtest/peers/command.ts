import { runEngine } from "../run/engine-command.js";
import { readRunFlags } from "../run/run-flags.js";
import { makeNodeABrowser } from "./node-as-browser.js";

/** `nearcast-loadtest peers`. */
export async function peersCommand(argv: readonly string[]): Promise<void> {
  const read = readRunFlags(
    "peers",
    "Plays a scenario with headless viewers in this process: real data channels, a real tracker and origin, the player's own delivery, and a virtual player. Links are this machine's: the scenario's rates only choose renditions.",
    argv,
  );
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  makeNodeABrowser();
  const { headlessViewers } = await import("./engine.js");
  await runEngine(headlessViewers, read.flags, ["nearcast-loadtest peers", ...argv].join(" "));
}
