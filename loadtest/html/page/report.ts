// The script of a report: draws the results that stand in the page.
import { element } from "../../../pages/element.js";
import { drawOutlook } from "../../plan/page/draw-outlook.js";
import type { Reported } from "../report.js";
import { drawRuns } from "./draw-runs.js";

const { runs, outlook } = JSON.parse(document.querySelector("#data")?.textContent ?? "") as Reported;
const main = document.querySelector("main") as HTMLElement;
if (outlook === undefined) {
  main.append(element("h1", runs.length > 1 ? `${runs.length} runs compared` : (runs[0]?.name ?? "No run")));
} else {
  main.append(element("h1", "What would we save?"));
  drawOutlook(main, outlook);
}
drawRuns(main, runs);
