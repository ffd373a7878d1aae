// The script of a report: draws the runs that stand in the page.
import type { ReportedRun } from "../reported-run.js";
import { drawRuns } from "./draw-runs.js";

const runs = JSON.parse(document.querySelector("#data")?.textContent ?? "[]") as ReportedRun[];
drawRuns(document.querySelector("main") as HTMLElement, runs);
