import { Command, InvalidArgumentError } from "commander";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import { parseThreshold, type Threshold } from "../result/thresholds.js";

/** The flags that all engines take. */
export interface RunFlags {
  readonly scenario: string;
  readonly seed: number | undefined;
  readonly viewers: number | undefined;
  readonly seconds: number | undefined;
  readonly thresholds: readonly Threshold[];
  readonly json: string | undefined;
  readonly report: string | undefined;
}

/**
 * @returns the flags with those of the engine itself in `own`, or the text of the help where that was asked for.
 * @throws {FlagError}
 */
export function readRunFlags<Own extends object>(
  kind: string,
  about: string,
  argv: readonly string[],
  addOwn: (command: Command) => Command = (command) => command,
): { help: string } | { flags: RunFlags; own: Own } {
  const command = addOwn(
    new Command(`nearcast-loadtest ${kind}`)
      .usage("SCENARIO.json [flags]")
      .description(about)
      .argument("<scenario>", "a scenario file; examples are in loadtest/scenarios/")
      .option("--viewers <number>", "in place of the scenario's audience.viewers", wholeNumber(1, 1_000_000))
      .option("--seconds <number>", "in place of the scenario's durationS", wholeNumber(5, 604_800))
      .option("--seed <number>", "in place of the scenario's seed", wholeNumber(0, 999_999_999))
      .option(
        "--fail-if <condition>",
        "exit code 2 if it holds, like 'offload<0.8'; may be repeated",
        (text: string, before: Threshold[]) => [...before, threshold(text)],
        [] as Threshold[],
      )
      .option("--json <file>", "write the result as JSON")
      .option("--report <file>", "write a report as one HTML file"),
  ).addHelpText(
    "after",
    "\nExit codes: 0 done, 1 wrong flag or scenario, 2 a --fail-if condition holds, 130 interrupted (what was seen is written).",
  );
  const parsed = parseFlags(command, argv);
  if ("help" in parsed) return parsed;
  const { viewers, seconds, seed, failIf, json, report, ...own } = parsed.command.opts();
  return {
    flags: {
      scenario: parsed.command.args[0] as string,
      viewers,
      seconds,
      seed,
      thresholds: failIf,
      json,
      report,
    },
    own: own as Own,
  };
}

function threshold(text: string): Threshold {
  try {
    return parseThreshold(text);
  } catch (error) {
    if (error instanceof FlagError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
