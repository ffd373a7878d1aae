import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";

export interface OriginFlags {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly viewers: number;
  readonly requests: number;
  readonly report: string | undefined;
}

/**
 * @returns the flags, or the text of the help where that was asked for.
 * @throws {FlagError}
 */
export function readOriginFlags(argv: readonly string[]): { help: string } | { flags: OriginFlags } {
  const parsed = parseFlags(
    new Command("nearcast-bench origin")
      .usage("[flags]   (npm run bench -- origin [flags])")
      .description(
        "Serves the same folder with nginx and with the origin, in turns: the server on one core, wrk on another.",
      )
      .option("--seconds <number>", "length of a measurement", wholeNumber(1, 600), 10)
      .option(
        "--rounds <number>",
        "measurements of each server, of which medians are taken",
        wholeNumber(1, 50),
        5,
      )
      .option("--connections <number>", "at a time", wholeNumber(1, 10_000), 64)
      .option("--viewers <number>", "who poll one live playlist", wholeNumber(1, 10_000), 1_000)
      .option("--requests <number>", "over which memory is watched", wholeNumber(1_000, 10_000_000), 100_000)
      .option("--report <file>", "write a report as Markdown"),
    argv,
  );
  if ("help" in parsed) return parsed;
  const flags = parsed.command.opts<Omit<OriginFlags, "report"> & { report?: string }>();
  return { flags: { ...flags, report: flags.report } };
}
