import { colourOf } from "../../../pages/colours.js";
import { element } from "../../../pages/element.js";
import { FIGURE_ROWS } from "../../result/figure-rows.js";
import type { ReportedRun } from "../reported-run.js";

export function figureTable(runs: readonly ReportedRun[]): HTMLElement {
  const table = element("table");
  const head = table.createTHead().insertRow();
  head.append(element("th"));
  runs.forEach(({ name }, index) => {
    const cell = element("th", name);
    cell.scope = "col";
    cell.style.borderTopColor = colourOf(index);
    head.append(cell);
  });
  const body = table.createTBody();
  for (const [label, show] of FIGURE_ROWS) {
    const row = body.insertRow();
    const title = element("th", label);
    title.scope = "row";
    row.append(title, ...runs.map(({ result }) => element("td", show(result))));
  }
  // Many runs are wider than a page.
  const scroller = element("div");
  scroller.className = "scroller";
  scroller.append(table);
  return scroller;
}
