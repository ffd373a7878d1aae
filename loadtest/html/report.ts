import { htmlFile } from "../../pages/html-file.js";
import type { ReportedRun } from "./reported-run.js";

/** One HTML file with everything in it: results, plots and what draws them. */
export function renderReport(runs: readonly ReportedRun[]): string {
  return htmlFile({ page: "report", title: runs.map(({ name }) => name).join(" · "), data: runs });
}
