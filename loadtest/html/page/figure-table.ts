import { colourOf } from "../../../pages/colours.js";
import { textTable } from "../../../pages/text-table.js";
import { FIGURE_ROWS } from "../../result/figure-rows.js";
import type { ReportedRun } from "../reported-run.js";

/** The runs beside each other, in the colours of their lines. */
export function figureTable(runs: readonly ReportedRun[]): HTMLElement {
  const table = textTable(
    ["", ...runs.map(({ name }) => name)],
    FIGURE_ROWS.map(([label, show]) => [label, ...runs.map(({ result }) => show(result))]),
  );
  const [, ...heads] = table.querySelectorAll("th[scope=col]");
  for (const [index, head] of heads.entries())
    if (head instanceof HTMLElement) head.style.borderTopColor = colourOf(index);
  return table;
}
