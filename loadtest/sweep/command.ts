import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { readScenario } from "../scenario/read.js";
import { sweep } from "./sweep.js";
import { sweepTable } from "./table.js";
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
      .option("--json <file>", "write the figures of all simulations as JSON"),
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
  const points = await sweep(scenario, vary, series, flags.replicas, {
    signal: interrupt.signal,
    onDone: (done, total) => console.error(`${done} of ${total} simulations`),
  });
  if (interrupt.signal.aborted) {
    process.exitCode = 130;
    return;
  }
  console.log(sweepTable(points, [vary.path, ...(series ? [series.path] : [])]));
  if (flags.json === undefined) return;
  const written = points.map(({ results, ...place }) => ({
    ...place,
    figures: results.map(({ figures }) => figures),
  }));
  const command = ["nearcast-loadtest sweep", ...argv].join(" ");
  writeOutput("--json", flags.json, `${JSON.stringify({ command, points: written })}\n`);
}

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}
