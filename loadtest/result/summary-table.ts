import Table from "cli-table3";
import { FIGURE_ROWS } from "./figure-rows.js";
import type { LoadResult } from "./result.js";

export interface NamedResult {
  readonly name: string;
  readonly result: LoadResult;
}

/** Results side by side, one column each. */
export function summaryTable(results: readonly NamedResult[]): string {
  const table = new Table({
    head: ["", ...results.map(({ name }) => name.slice(0, 40))],
    colAligns: ["left", ...results.map(() => "right" as const)],
    style: process.stdout.isTTY ? { head: ["bold"], compact: true } : { head: [], border: [], compact: true },
  });
  for (const [label, show] of FIGURE_ROWS) table.push([label, ...results.map(({ result }) => show(result))]);
  return table.toString();
}
