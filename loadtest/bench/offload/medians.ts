import { median } from "../statistics.js";
import { cell, columnsOf } from "./columns.js";
import { ENGINE_NAMES, type EngineName } from "./engines.js";
import type { OffloadRun } from "./run.js";
import type { ScenarioName } from "./scenarios.js";

/** A table of one scenario: a line per engine, of medians over its complete runs. */
export interface MedianTable {
  readonly scenario: ScenarioName;
  readonly offloadLimit: number;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `undefined` when no run of the scenario was completed. */
export function medianTable(scenario: ScenarioName, runs: readonly OffloadRun[]): MedianTable | undefined {
  const complete = runs.filter((run) => run.scenario === scenario && !run.isPartial);
  const [any] = complete;
  if (!any) return undefined;
  const figuresOf = (engine: EngineName) =>
    complete.filter((run) => run.engine === engine).map(({ figures }) => figures);
  const startupOf = (engine: EngineName) =>
    median(figuresOf(engine).flatMap(({ startupMedianMs }) => startupMedianMs ?? []));
  const plainMs = startupOf("plain");
  const columns = columnsOf(scenario);
  return {
    scenario,
    offloadLimit: any.figures.offloadLimit,
    head: ["engine", "runs", ...columns.map(({ title }) => title), "start ÷ plain"],
    rows: ENGINE_NAMES.filter((engine) => figuresOf(engine).length > 0).map((engine) => {
      const figures = figuresOf(engine);
      const startupMs = startupOf(engine);
      const ratio = plainMs && startupMs !== null ? (startupMs / plainMs).toFixed(2) : "–";
      return [engine, String(figures.length), ...columns.map((column) => cell(column, figures)), ratio];
    }),
  };
}
