import { Command, Option } from "commander";
import { FlagError, parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { ENGINE_NAMES, ENGINES, type EngineName } from "./engines.js";
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from "./scenarios.js";

export interface OffloadFlags {
  readonly scenarios: readonly ScenarioName[];
  readonly engines: readonly EngineName[];
  readonly viewers: number;
  readonly runs: number;
  readonly seconds: number;
  readonly json: string | undefined;
  readonly report: string | undefined;
  /** File of runs to keep and go on from. */
  readonly earlier: string | undefined;
}

/**
 * @returns the flags, or the text of the help where that was asked for.
 * @throws {FlagError}
 */
export function readOffloadFlags(argv: readonly string[]): { help: string } | { flags: OffloadFlags } {
  const parsed = parseFlags(
    new Command("nearcast-bench offload")
      .usage("[flags]   (npm run bench -- offload [flags])")
      .description(
        "Plays the same streams with several engines in real browsers and compares what the origin sent.",
      )
      .addOption(
        new Option("--scenario <names...>", "which scenarios")
          .choices(SCENARIO_NAMES)
          .default(SCENARIO_NAMES, "all"),
      )
      .addOption(
        new Option("--engine <names...>", "which engines").choices(ENGINE_NAMES).default(ENGINE_NAMES, "all"),
      )
      .option("--viewers <number>", "how many at a time", wholeNumber(1, 32), 8)
      .option("--runs <number>", "rounds of all engines, of which medians are taken", wholeNumber(1, 100), 3)
      .option("--seconds <number>", "length of a run", wholeNumber(5, 3_600), 120)
      .option("--json <file>", "write every run as JSON")
      .option("--report <file>", "write a report as Markdown")
      .option("--continue", "keep the runs that --json's file has and make those that are missing")
      .addHelpText("after", `\nScenarios:\n${list(SCENARIOS)}\n\nEngines:\n${list(ENGINES)}`),
    argv,
  );
  if ("help" in parsed) return parsed;
  const {
    scenario,
    engine,
    continue: isContinued,
    ...flags
  } = parsed.command.opts<{
    scenario: ScenarioName[];
    engine: EngineName[];
    viewers: number;
    runs: number;
    seconds: number;
    json?: string;
    report?: string;
    continue?: boolean;
  }>();
  if (isContinued && flags.json === undefined)
    throw new FlagError("--continue: expected --json with the file to go on from");
  return {
    flags: {
      ...flags,
      scenarios: SCENARIO_NAMES.filter((name) => scenario.includes(name)),
      engines: ENGINE_NAMES.filter((name) => engine.includes(name)),
      json: flags.json,
      report: flags.report,
      earlier: isContinued ? flags.json : undefined,
    },
  };
}

function list(named: Readonly<Record<string, { readonly about: string }>>): string {
  return Object.entries(named)
    .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
    .join("\n");
}
