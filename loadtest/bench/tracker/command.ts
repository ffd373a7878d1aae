import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { describeMachine } from "../machine.js";
import { writeReport } from "./markdown-section.js";
import { measure } from "./measure.js";
import { renderTrackerReport, type TrackerRound } from "./report.js";

interface Flags {
  readonly sockets: number;
  readonly swarm: number;
  readonly offers: number;
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly report?: string;
}

/** `npm run bench -- tracker`: bittorrent-tracker's server and ours under the same load, by turns. */
export async function trackerCommand(argv: readonly string[]): Promise<void> {
  const command = new Command("npm run bench -- tracker")
    .description(
      "CPU, memory and latency of bittorrent-tracker's server and of ours, each on a core of its own, by turns; ours with tokens, nearness, limits and metrics.",
    )
    .option("--sockets <number>", "viewers", wholeNumber(2, 19_000), 2000)
    .option("--swarm <number>", "viewers of each swarm", wholeNumber(2, 19_000), 100)
    .option("--offers <number>", "offers in each announce", wholeNumber(1, 10), 5)
    .option("--rate <number>", "announces a second", wholeNumber(1, 10_000), 400)
    .option("--seconds <number>", "time that is measured", wholeNumber(1, 3600), 20)
    .option("--rounds <number>", "how often both are measured", wholeNumber(1, 100), 3)
    .option("--report <file>", "add the table to a Markdown file, or put it in the place of the last one");
  const read = parseFlags(command, argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { rounds: count, report: file, ...load } = read.command.opts<Flags>();
  const rounds: TrackerRound[] = [];
  for (let round = 0; round < count; round++) {
    rounds.push({ stock: await measure("stock", load), nearcast: await measure("nearcast", load) });
  }
  const report = renderTrackerReport(rounds, {
    command: ["npm run bench -- tracker", ...argv].join(" "),
    machine: describeMachine(""),
    load,
  });
  writeReport(report, file);
}
