import { addChart } from "../../../pages/chart.js";
import { element } from "../../../pages/element.js";
import type { ReportedRun } from "../reported-run.js";
import { chartsOf } from "./charts.js";
import { figureTable } from "./figure-table.js";

/** Adds tables and plots of the runs. */
export function drawRuns(into: HTMLElement, runs: readonly ReportedRun[]): void {
  into.append(figureTable(runs));
  const plots = element("div");
  plots.className = "plots";
  into.append(plots);
  for (const chart of chartsOf(runs)) addChart(plots, chart);
  for (const { name, command, result } of runs) {
    const details = element("details");
    details.append(
      element("summary", `How “${name}” was made`),
      element("pre", command),
      element("pre", JSON.stringify(result.scenario, null, 2)),
    );
    into.append(details);
  }
}
