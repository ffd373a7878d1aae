// The page on which a provider tries its numbers; the simulator runs in a worker.

import { element } from "../../../pages/element.js";
import { drawRuns } from "../../html/page/draw-runs.js";
import type { LoadResult } from "../../result/result.js";
import { outlookOf, outlookRows } from "../outlook.js";
import type { Plan } from "../provider.js";
import { planOfForm } from "./plan-of-form.js";
import type { PlanQuestion, PlanReply } from "./plan-worker.js";

const REPLICAS = 3;

const form = document.querySelector("form") as HTMLFormElement;
const status = document.querySelector('[role="status"]') as HTMLElement;
const outlook = document.querySelector("#outlook") as HTMLElement;
const main = document.querySelector("main") as HTMLElement;
let worker: Worker | undefined;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // A newer question ends the one before.
  worker?.terminate();
  try {
    start(planOfForm(new FormData(form)));
  } catch (error) {
    status.textContent = (error as Error).message;
  }
});

function start(plan: Plan): void {
  const results: LoadResult[] = [];
  worker = new Worker(new URL("./plan-worker.js", import.meta.url), { type: "module" });
  worker.onerror = ({ message }) => {
    status.textContent = message;
  };
  worker.onmessage = ({ data }: MessageEvent<PlanReply>) => {
    if (data.at === "wrong") {
      status.textContent = data.because;
      return;
    }
    if (data.at === "running") {
      status.textContent = `Run ${results.length + 1} of ${REPLICAS}: ${Math.round(data.share * 100)} %`;
      return;
    }
    results.push(data.result);
    show(plan, results);
    status.textContent = results.length < REPLICAS ? "" : scaledNote(plan);
  };
  worker.postMessage({ scenario: plan.scenario, replicas: REPLICAS } satisfies PlanQuestion);
}

function show(plan: Plan, results: readonly LoadResult[]): void {
  const table = element("table");
  const head = table.createTHead().insertRow();
  head.append(...["", "expected", `range of ${results.length}`].map((title) => element("th", title)));
  const body = table.createTBody();
  const currency = results[0]?.scenario.price.currency ?? "";
  for (const [label, expected, range] of outlookRows(outlookOf(results, plan.scale), currency)) {
    const title = element("th", label);
    title.scope = "row";
    body.insertRow().append(title, element("td", expected), element("td", range));
  }
  outlook.replaceChildren(table);
  drawRuns(
    main,
    results.map((result, index) => ({ name: `run ${index + 1}`, command: "this page", result })),
  );
}

function scaledNote({ scale }: Plan): string {
  return scale > 1
    ? `One viewer was simulated for every ${scale.toFixed(1)}; totals above are scaled up.`
    : "";
}
