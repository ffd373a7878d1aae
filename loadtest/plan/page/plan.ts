// The page on which a provider tries its numbers; the simulator runs in a worker.

import { drawRuns } from "../../html/page/draw-runs.js";
import type { LoadResult } from "../../result/result.js";
import { outlookOf } from "../outlook.js";
import type { Plan } from "../provider.js";
import { drawOutlook } from "./draw-outlook.js";
import { planOfForm } from "./plan-of-form.js";
import type { PlanQuestion, PlanReply } from "./plan-worker.js";

const REPLICAS = 3;

const form = document.querySelector("form") as HTMLFormElement;
const status = document.querySelector('[role="status"]') as HTMLElement;
const main = document.querySelector("main") as HTMLElement;
let worker: Worker | undefined;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  // A newer question ends the one before.
  worker?.terminate();
  try {
    start(planOfForm(new FormData(form)));
  } catch (error) {
    refuse((error as Error).message);
  }
});

function refuse(because: string): void {
  status.classList.add("wrong");
  status.textContent = because;
}

function start(plan: Plan): void {
  status.classList.remove("wrong");
  status.textContent = `Run 1 of ${REPLICAS}`;
  const results: LoadResult[] = [];
  worker = new Worker(new URL("./plan-worker.js", import.meta.url), { type: "module" });
  worker.onerror = ({ message }) => {
    refuse(message);
  };
  worker.onmessage = ({ data }: MessageEvent<PlanReply>) => {
    if (data.at === "wrong") {
      refuse(data.because);
      return;
    }
    if (data.at === "running") {
      status.textContent = `Run ${results.length + 1} of ${REPLICAS}: ${Math.round(data.share * 100)} %`;
      return;
    }
    results.push(data.result);
    show(plan, results);
    status.textContent = results.length < REPLICAS ? `Run ${results.length + 1} of ${REPLICAS}` : "";
  };
  worker.postMessage({ scenario: plan.scenario, replicas: REPLICAS } satisfies PlanQuestion);
}

function show({ scale }: Plan, results: readonly LoadResult[]): void {
  main.replaceChildren();
  drawOutlook(main, outlookOf(results, scale));
  drawRuns(
    main,
    results.map((result, index) => ({ name: `run ${index + 1}`, command: "this page", result })),
  );
}
