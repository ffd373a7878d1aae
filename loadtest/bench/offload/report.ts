import { cell, columnsOf } from "./columns.js";
import { ENGINE_NAMES, ENGINES, TUNED } from "./engines.js";
import { medianTable } from "./medians.js";
import type { MeasuredRun, Results } from "./results-file.js";
import type { OffloadRun } from "./run.js";
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from "./scenarios.js";

/** A Markdown report of the medians, and of every run behind them. It has no date: it changes when figures do. */
export function renderReport({ commands, machine, runs }: Results): string {
  const scenarios = SCENARIO_NAMES.filter((name) => runs.some(({ scenario }) => scenario === name));
  const engines = ENGINE_NAMES.filter((name) => runs.some(({ engine }) => engine === name));
  const [{ viewers, seconds } = { viewers: 0, seconds: 0 }] = runs;
  const versions = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`);
  return `${[
    "# Offload, startup and stalls",
    ["```sh", ...commands, "```"].join("\n"),
    `${viewers} viewers, ${seconds} s per run. Engines take turns on the same machine: ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, Chromium ${machine.chromium}, ${versions.join(", ")}.`,
    buildsOf(runs),
    engines.map((engine) => `- **${engine}**: ${ENGINES[engine].about}`).join("\n"),
    DEFINITIONS,
    "## Medians",
    ...scenarios.flatMap((scenario) => scenarioSection(scenario, runs)),
    "## Every run",
    "`busy` is the whole machine's use of cores, with whatever else ran on it.",
    ...scenarios.map((scenario) => runsTable(scenario, runs)),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

/** Nothing where all runs are of one build of the players. */
function buildsOf(runs: readonly MeasuredRun[]): string {
  const rowsOf = (page: string) => [
    ...new Set(
      runs.filter((run) => run.page === page).map(({ scenario, engine }) => `${scenario} ${engine}`),
    ),
  ];
  const [usual, ...others] = [...new Set(runs.map(({ page }) => page))].sort(
    (a, b) => rowsOf(b).length - rowsOf(a).length,
  );
  if (others.length === 0) return "";
  const exceptions = others.map((page) => `${rowsOf(page).join(", ")} (\`${page}\`)`);
  return `All runs are of one build of the players (\`${usual}\`) but for ${exceptions.join("; ")}.`;
}

const DEFINITIONS = `- **offload**: 1 − segment bytes sent by the origin (its own log) ÷ segment bytes handed to the players, from the first request on.
- **copies**, **p95**: complete copies of a segment that the origin sent, mean and 95th percentile over the segments that were first sent more than 20 s after the run's start and that every viewer has had to ask for before its end; **overall** is the mean over all segments, those of the start included.
- **waste**: bytes received, from peers or the origin, beyond those handed to the players ÷ those handed to the players. Segments that wait unplayed at the end are in it. **discarded**: the part of it that peers sent in vain, in transfers that were cut off or overtaken.
- **start**, **worst**: from loading the stream to the first moving frame, median and worst of the viewers; **start ÷ plain** is the ratio to hls.js alone. **busy at start**: cores that the whole machine used while the later half of the viewers joined, up to 2 s after the last one; where it comes near all cores there are, viewers wait for each other.
- **upload max/mean**: the busiest viewer's upload ÷ the mean. **cores**: CPU of the browsers' processes.`;

function scenarioSection(scenario: ScenarioName, runs: readonly OffloadRun[]): string[] {
  const table = medianTable(scenario, runs);
  if (!table) return [];
  const about = `### ${scenario}\n\n${SCENARIOS[scenario].about}; offload of at most ${table.offloadLimit.toFixed(3)}.`;
  const tuned = runs.some(({ engine }) => engine === "tuned")
    ? ` Tuned: ${Object.entries(TUNED[scenario])
        .map(([name, value]) => `\`${name}: ${value}\``)
        .join(", ")}.`
    : "";
  return [about + tuned, markdownTable(table.head, table.rows)];
}

function runsTable(scenario: ScenarioName, runs: readonly OffloadRun[]): string {
  const columns = columnsOf(scenario);
  const rows = runs
    .filter((run) => run.scenario === scenario)
    .map(({ engine, round, figures, isPartial }) => [
      `${scenario} ${engine} ${round}${isPartial ? " (interrupted)" : ""}`,
      ...columns.map((column) => cell(column, [figures])),
      figures.machineCores.toFixed(2),
    ]);
  return rows.length === 0 ? "" : markdownTable(["run", ...columns.map(({ title }) => title), "busy"], rows);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join(
    "\n",
  );
}
