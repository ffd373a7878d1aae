import Table from "cli-table3";
import type { AudienceMoment } from "./audience.js";
import type { MedianTable } from "./medians.js";
import type { PlannedRun } from "./plan.js";
import type { OffloadRun } from "./run.js";
import { SCENARIOS } from "./scenarios.js";

export function renderMedians(
  { scenario, offloadLimit, head, rows }: MedianTable,
  { hasColours }: { readonly hasColours: boolean },
): string {
  const table = new Table({
    head: [...head],
    colAligns: ["left", ...head.slice(1).map(() => "right" as const)],
    style: { head: hasColours ? ["bold"] : [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  const limit = `offload of at most ${offloadLimit.toFixed(3)}`;
  return `${scenario}: ${SCENARIOS[scenario].about}; ${limit}, medians of the runs\n${table.toString()}`;
}

/** The line that lives while a run goes on. */
export function renderProgress(
  { scenario, engine, round }: PlannedRun,
  { elapsedMs, playing, present }: AudienceMoment,
  { done, total, seconds }: { readonly done: number; readonly total: number; readonly seconds: number },
): string {
  const clock = `${Math.floor(elapsedMs / 1000)} of ${seconds} s`;
  return `run ${done + 1} of ${total}: ${scenario}, ${engine}, round ${round}, ${clock}, ${playing} of ${present} playing`;
}

/** The line that remains of a run. */
export function renderRun({ scenario, engine, round, figures, isPartial }: OffloadRun): string {
  const { offload, copiesMean, waste, stalls, stalledS, startupMedianMs, errors } = figures;
  const parts = [
    `offload ${offload.toFixed(3)}`,
    `copies ${copiesMean?.toFixed(2) ?? "–"}`,
    `waste ${waste.toFixed(2)}`,
    `start ${startupMedianMs?.toFixed(0) ?? "–"} ms`,
    `${stalls} stalls (${stalledS.toFixed(1)} s)`,
    ...(errors.length > 0 ? [`${errors.length} errors, e.g. ${errors[0]}`] : []),
    ...(isPartial ? ["interrupted"] : []),
  ];
  return `${scenario} ${engine} ${round}: ${parts.join(", ")}`;
}
