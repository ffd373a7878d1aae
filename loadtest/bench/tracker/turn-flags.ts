import type { Command } from "commander";
import { wholeNumber } from "../../../command-line/flags.js";
import type { TurnLoad } from "./side-by-side.js";

/** What all benches have that compare contenders turn by turn. */
export interface TurnFlags extends TurnLoad {
  readonly sockets: number;
  /** Viewers of each swarm. */
  readonly swarm: number;
  readonly report?: string;
}

/** Adds the flags of {@link TurnFlags} but `--sockets`, of which each bench can hold another number. */
export function withTurnFlags(command: Command): Command {
  return command
    .option("--swarm <number>", "viewers of each swarm", wholeNumber(2, 19_000), 100)
    .option("--offers <number>", "offers in each announce", wholeNumber(1, 10), 5)
    .option("--rate <number>", "announces a second", wholeNumber(1, 10_000), 200)
    .option("--seconds <number>", "time of each turn", wholeNumber(1, 3600), 5)
    .option("--rounds <number>", "turns of each", wholeNumber(1, 100), 7)
    .option("--report <file>", "add the table to a Markdown file, or put it in the place of the last one");
}
