import { Command, InvalidArgumentError } from "commander";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { sentenceOf } from "../run/sentence.js";
import { writeSoFar } from "../run/write-so-far.js";
import { runReplicas } from "../simulate/replicas.js";
import { type Comparison, compare, comparisonTable, TOLERANCE } from "./comparison.js";
import type { Measured } from "./measured.js";
import { planRows, type Row, type RowPlan } from "./row.js";

interface CalibrateFlags extends RowPlan {
  readonly replicas: number;
  readonly markdown?: string;
}

/**
 * `nearcast-loadtest calibrate`: exit code 2 where the simulator is further off than it may be, 1 where a row has failed,
 * and 130 after an interrupt, each of them with the rows that are done.
 */
export async function calibrateCommand(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-loadtest calibrate")
      .usage("[flags]")
      .description("Puts the simulator beside real viewers in the same scenarios.")
      .option(
        "--offload <file>",
        "results of `npm run bench -- offload --json`, of which Nearcast's are compared",
      )
      .option("--peers <numbers>", "headless viewers to run now, like 16,50", viewers, [])
      .option("--browsers <numbers>", "browser viewers to run now, like 4,8,16", viewers, [])
      .option("--scenario <name>", "that they play, of loadtest/scenarios/", "bench-live6")
      .option("--seconds <number>", "length of their runs", wholeNumber(30, 3_600), 120)
      .option("--runs <number>", "of each, of which medians are taken", wholeNumber(1, 20), 1)
      .option(
        "--replicas <number>",
        "simulations of each, of which medians are taken",
        wholeNumber(1, 100),
        31,
      )
      .option("--markdown <file>", "write the table as Markdown, after each run what there is by then"),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const flags = parsed.command.opts<CalibrateFlags>();
  if (flags.offload === undefined && flags.peers.length + flags.browsers.length === 0) {
    throw new FlagError("expected --offload, --peers or --browsers: there is nothing to compare with");
  }
  const rows = await planRows(flags);
  requireWritable("--markdown", flags.markdown);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  const { signal } = interrupt;
  const command = ["nearcast-loadtest calibrate", ...argv].join(" ");

  const comparisons = new Map<Row, Comparison>();
  const { markdown, replicas } = flags;
  const page = () => `\`${command}\`\n\n${comparisonTable([...comparisons.values()])}\n`;
  for (const [index, row] of rows.entries()) {
    if (signal.aborted) break;
    try {
      for await (const comparison of compareRow(row, replicas, signal)) {
        comparisons.set(row, comparison);
        if (markdown !== undefined) writeSoFar("--markdown", markdown, page());
      }
      if (!signal.aborted) console.error(`${index + 1} of ${rows.length} rows`);
    } catch (error) {
      // Real viewers play for minutes: the other rows must not be lost for one.
      complain(`${row.name} failed: ${sentenceOf(error) ?? (error as Error).stack}`);
      process.exitCode = 1;
    }
  }
  if (comparisons.size > 0) console.log(comparisonTable([...comparisons.values()]));
  for (const row of rows) {
    const missing = missingOf(row, comparisons.get(row), replicas);
    if (missing !== undefined) complain(`missing: ${row.name} (${missing})`);
  }
  const isOff = [...comparisons.values()].some(({ isWithin }) => isWithin === false);
  if (isOff)
    complain(
      `the simulator is off by more than ${TOLERANCE.offloadPoints} points or ${TOLERANCE.copies} copies`,
    );
  if (signal.aborted) process.exitCode = 130;
  else if (isOff) process.exitCode ??= 2;
  if (markdown !== undefined) writeOutput("--markdown", markdown, page());
}

/** What it has come to by and by: real viewers after each run, and the simulator beside them in the end. */
async function* compareRow(row: Row, replicas: number, signal: AbortSignal): AsyncGenerator<Comparison> {
  let measured: Measured | undefined;
  for await (measured of row.measure(signal)) yield compare(measured, []);
  if (!measured || signal.aborted) return;
  const seeds = Array.from({ length: replicas }, (_, index) => ({ ...row.scenario, seed: index + 1 }));
  yield compare(measured, await runReplicas(seeds, signal));
}

function missingOf(row: Row, comparison: Comparison | undefined, replicas: number): string | undefined {
  const runs = comparison?.measured.runs ?? 0;
  const simulated = comparison?.replicas ?? 0;
  if (runs === row.runs && simulated === replicas) return undefined;
  return `${runs} of ${row.runs} runs and ${simulated} of ${replicas} simulations done`;
}

function complain(sentence: string): void {
  console.error(`nearcast-loadtest: ${sentence}`);
}

function viewers(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 2 && count <= 1_000)) return counts;
  throw new InvalidArgumentError("Expected numbers from 2 to 1000, separated by commas.");
}
