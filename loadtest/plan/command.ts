import Table from "cli-table3";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { renderReport } from "../html/report.js";
import { parseScenario } from "../scenario/parse.js";
import { runReplicas } from "../simulate/replicas.js";
import { readPlanFlags } from "./flags.js";
import { outlookOf, outlookRows } from "./outlook.js";
import { planFor } from "./provider.js";

/** More lines than this nobody can tell apart in a plot. */
const MOST_PLOTTED = 6;

/** `nearcast-loadtest plan`. */
export async function planCommand(argv: readonly string[]): Promise<void> {
  const read = readPlanFlags(argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { provider, replicas, mostViewers, json, report } = read.flags;
  const { scenario, scale } = planFor(provider, mostViewers);
  const scenarios = Array.from({ length: replicas }, (_, index) =>
    parseScenario({ ...scenario, seed: index + 1 }),
  );
  requireWritable("--json", json);
  requireWritable("--report", report);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  const results = await runReplicas(scenarios, interrupt.signal, (done) =>
    console.error(`${done} of ${replicas} replicas`),
  );
  if (results.length === 0) {
    process.exitCode = 130;
    return;
  }
  const outlook = outlookOf(results, scale);
  const table = new Table({
    head: ["", "expected", `range of ${results.length}`],
    colAligns: ["left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  table.push(...outlookRows(outlook));
  console.log(table.toString());
  if (scale > 1) {
    console.log(
      `Simulated with ${scenarios[0]?.audience.viewers} viewers at most, and scaled up by ${scale.toFixed(1)}; --simulate-at-most changes that.`,
    );
  }
  const command = ["nearcast-loadtest plan", ...argv].join(" ");
  if (json !== undefined)
    writeOutput("--json", json, `${JSON.stringify({ command, scale, outlook, results })}\n`);
  if (report !== undefined) {
    const runs = results
      .slice(0, MOST_PLOTTED)
      .map((result) => ({ name: `seed ${result.scenario.seed}`, command, result }));
    writeOutput("--report", report, renderReport({ runs, outlook }));
  }
  if (interrupt.signal.aborted) process.exitCode = 130;
}
