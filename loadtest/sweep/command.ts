import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { sentenceOf } from "../run/sentence.js";
import { writeSoFar } from "../run/write-so-far.js";
import { readScenario } from "../scenario/read.js";
import { sweepJson } from "./json.js";
import { sweep } from "./sweep.js";
import { placeName, sweepTable } from "./table.js";
import { parseVariation, varied } from "./variations.js";

/** `nearcast-loadtest sweep`. */
export async function sweepCommand(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-loadtest sweep")
      .usage("SCENARIO.json --vary audience.viewers=10,100,1000 [flags]")
      .description("Simulates a scenario with one field at several values: what depends on it, and how.")
      .argument("<scenario>", "a scenario file")
      .requiredOption("--vary <field=values>", "a field of the scenario and its values, separated by commas")
      .option("--series <field=values>", "a second field; every value with every one of the first")
      .option("--set <field=value>", "another value for a field throughout; may be repeated", collect, [])
      .option(
        "--replicas <number>",
        "simulations of each, of which medians are shown",
        wholeNumber(1, 100),
        3,
      )
      .option(
        "--json <file>",
        "write the figures of all simulations as JSON, after each what there is by then",
      ),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const flags = parsed.command.opts<{
    vary: string;
    series?: string;
    set: string[];
    replicas: number;
    json?: string;
  }>();
  const vary = parseVariation("--vary", flags.vary);
  const series = flags.series === undefined ? undefined : parseVariation("--series", flags.series);
  let scenario = readScenario(parsed.command.args[0] as string);
  for (const text of flags.set) {
    const { path, values } = parseVariation("--set", text);
    scenario = varied(scenario, path, values[0]);
  }
  requireWritable("--json", flags.json);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  const paths = [vary.path, ...(series ? [series.path] : [])];
  const command = ["nearcast-loadtest sweep", ...argv].join(" ");
  const { json, replicas } = flags;
  const points = await sweep(scenario, vary, series, replicas, {
    signal: interrupt.signal,
    onDone: (soFar, done, total) => {
      if (json !== undefined) writeSoFar("--json", json, sweepJson(command, soFar, replicas));
      console.error(`${done} of ${total} simulations`);
    },
    onFailed: (point, seed, error) => {
      process.exitCode = 1;
      complain(`${placeName(point, paths)}, seed ${seed} failed: ${sentenceOf(error) ?? error.stack}`);
    },
  });
  if (points.some(({ results }) => results.length > 0)) console.log(sweepTable(points, paths));
  for (const point of points) {
    const { length } = point.results;
    if (length < replicas)
      complain(`missing: ${placeName(point, paths)} (${length} of ${replicas} simulations done)`);
  }
  if (interrupt.signal.aborted) process.exitCode = 130;
  if (json !== undefined) writeOutput("--json", json, sweepJson(command, points, replicas));
}

function complain(sentence: string): void {
  console.error(`nearcast-loadtest: ${sentence}`);
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}
