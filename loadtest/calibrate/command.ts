import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { BenchError } from "../bench/bench-error.js";
import { packageRoot } from "../bench/package-root.js";
import { median } from "../bench/statistics.js";
import type { Engine } from "../run/engine.js";
import { warnOfHoldUps } from "../run/engine-command.js";
import { openProgress } from "../run/progress.js";
import { readScenario } from "../scenario/read.js";
import { runReplicas } from "../simulate/replicas.js";
import { type Comparison, compare, comparisonTable, sized, TOLERANCE } from "./comparison.js";
import { type Measured, readOffloadRuns } from "./measured.js";

interface CalibrateFlags {
  readonly offload?: string;
  readonly peers: readonly number[];
  readonly browsers: readonly number[];
  readonly scenario: string;
  readonly seconds: number;
  readonly runs: number;
  readonly replicas: number;
  readonly markdown?: string;
}

/** `nearcast-loadtest calibrate`: exit code 2 where the simulator is further off than it may be. */
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
        5,
      )
      .option("--markdown <file>", "write the table as Markdown"),
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
  requireWritable("--markdown", flags.markdown);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  const { signal } = interrupt;

  const measured = [
    ...(flags.offload === undefined ? [] : readOffloadRuns(flags.offload)),
    ...(await measureAll("peers", flags.peers, flags, signal)),
    ...(await measureAll("browsers", flags.browsers, flags, signal)),
  ];
  const comparisons: Comparison[] = [];
  for (const one of measured) {
    const scenario = sized(read(one.scenario), one.viewers, one.seconds);
    const seeds = Array.from({ length: flags.replicas }, (_, index) => ({ ...scenario, seed: index + 1 }));
    comparisons.push(compare(one, await runReplicas(seeds, signal)));
  }
  const table = comparisonTable(comparisons);
  console.log(table);
  if (flags.markdown !== undefined) {
    const command = ["nearcast-loadtest calibrate", ...argv].join(" ");
    writeOutput("--markdown", flags.markdown, `\`${command}\`\n\n${table}\n`);
  }
  if (signal.aborted) process.exitCode = 130;
  else if (comparisons.some(({ isWithin }) => !isWithin)) {
    console.error(
      `nearcast-loadtest: the simulator is off by more than ${TOLERANCE.offloadPoints} points or ${TOLERANCE.copies} copies`,
    );
    process.exitCode = 2;
  }
}

async function measureAll(
  by: "peers" | "browsers",
  counts: readonly number[],
  flags: CalibrateFlags,
  signal: AbortSignal,
): Promise<Measured[]> {
  if (counts.length === 0) return [];
  const engine = await load(by);
  const measured: Measured[] = [];
  for (const count of counts) {
    const scenario = sized(read(flags.scenario), count, flags.seconds);
    engine.check(scenario);
    const progress = openProgress(scenario);
    const results = [];
    for (let run = 0; run < flags.runs && !signal.aborted; run++) {
      const result = await engine.run({ ...scenario, seed: run + 1 }, { onMoment: progress.show, signal });
      warnOfHoldUps(result);
      results.push(result);
    }
    progress.close();
    const whole = results.filter(({ isPartial }) => !isPartial);
    if (whole.length === 0) continue;
    const failed = whole.reduce((sum, { figures }) => sum + figures.failedSessions, 0);
    if (failed > 0)
      throw new BenchError(`${failed} viewers did not play (${by}): there is nothing to compare`);
    measured.push({
      scenario: flags.scenario,
      by,
      viewers: count,
      seconds: flags.seconds,
      runs: whole.length,
      offload: median(whole.map(({ figures }) => figures.offload)) ?? 0,
      copies: median(whole.flatMap(({ figures }) => figures.copiesMean ?? [])),
    });
  }
  return measured;
}

async function load(by: "peers" | "browsers"): Promise<Engine> {
  if (by === "browsers") return (await import("../browsers/engine.js")).browserViewers();
  return (await import("../peers/engine.js")).headlessViewers();
}

function read(name: string) {
  if (!/^[\w-]+$/.test(name))
    throw new FlagError(`--scenario: expected the name of a scenario, got '${name}'`);
  return readScenario(resolve(packageRoot(), "loadtest/scenarios", `${name}.json`));
}

function viewers(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 2 && count <= 1_000)) return counts;
  throw new InvalidArgumentError("Expected numbers from 2 to 1000, separated by commas.");
}
