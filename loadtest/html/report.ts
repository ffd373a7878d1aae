import { htmlFile } from "../../pages/html-file.js";
import type { Outlook } from "../plan/outlook.js";
import type { ReportedRun } from "./reported-run.js";

/** What a report is of. */
export interface Reported {
  readonly runs: readonly ReportedRun[];
  /** Where the runs are replicas of a plan; it can be of more than are shown. */
  readonly outlook?: Outlook;
}

/** One HTML file with everything in it: results, plots and what draws them. */
export function renderReport(reported: Reported): string {
  const title = reported.runs.map(({ name }) => name).join(" · ");
  return htmlFile({ page: "report", title, data: reported });
}
