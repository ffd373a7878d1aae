import { Command, InvalidArgumentError, Option } from "commander";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import type { TrackerLoad } from "./tracker-load.js";

/** Without `url` a tracker is started. */
export interface TrackerFlags extends Omit<TrackerLoad, "url"> {
  readonly url: string | undefined;
  readonly start: "nearcast" | "stock";
  readonly json: string | undefined;
}

/** @throws {FlagError} */
export function readTrackerFlags(argv: readonly string[]): { help: string } | { flags: TrackerFlags } {
  const parsed = parseFlags(
    new Command("nearcast-loadtest tracker")
      .usage("[flags]")
      .description(
        "Opens many sockets to a WebTorrent tracker, announces on them with offers as browsers make them, answers every offer, and measures how long offers and answers take.",
      )
      .option("--url <address>", "ws: or wss: address of a running tracker", trackerUrl)
      .addOption(
        new Option("--start <tracker>", "without --url: which tracker to start in a process of its own")
          .choices(["nearcast", "stock"])
          .default("nearcast"),
      )
      .option("--sockets <number>", "connections, one viewer each", wholeNumber(2, 60_000), 500)
      .option("--swarm-size <number>", "viewers in one swarm", wholeNumber(2, 60_000), 100)
      .option("--offers <number>", "in each announce", wholeNumber(1, 10), 5)
      .option("--announces-per-second <number>", "of all viewers together", wholeNumber(1, 20_000), 100)
      .option("--seconds <number>", "how long they announce", wholeNumber(1, 86_400), 20)
      .option("--sdp-bytes <number>", "size of an offer", wholeNumber(400, 16_384), 1_800)
      .option(
        "--pid <number>",
        "with --url: the tracker's process on this machine, to measure it",
        wholeNumber(1, 4_194_304),
      )
      .option("--json <file>", "write the result as JSON"),
    argv,
  );
  if ("help" in parsed) return parsed;
  const { url, pid, json, ...flags } = parsed.command.opts();
  if (pid !== undefined && url === undefined) throw new FlagError("--pid: goes with --url only");
  return { flags: { ...flags, url, pid, json } as TrackerFlags };
}

function trackerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "ws:" && url?.protocol !== "wss:") {
    throw new InvalidArgumentError("Expected a ws: or wss: address.");
  }
  return url.href;
}
