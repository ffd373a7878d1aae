import { drawChart } from "../../../pages/chart.js";
import { element } from "../../../pages/element.js";
import type { ReportedRun } from "../reported-run.js";
import { chartsOf } from "./charts.js";
import { figureTable } from "./figure-table.js";

/** Fills `into` with tables and plots of the runs. */
export function drawRuns(into: HTMLElement, runs: readonly ReportedRun[]): void {
  into.replaceChildren(
    element("h1", runs.length > 1 ? `${runs.length} runs compared` : (runs[0]?.name ?? "No run")),
    figureTable(runs),
  );
  const plots = element("div");
  plots.className = "plots";
  into.append(plots);
  for (const chart of chartsOf(runs)) {
    const figure = element("figure");
    figure.append(element("figcaption", chart.unit ? `${chart.title} (${chart.unit})` : chart.title));
    plots.append(figure);
    drawChart(figure, chart);
  }
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
