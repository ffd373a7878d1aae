import { element } from "../../../pages/element.js";
import type { Row } from "../rows.js";

/** A table whose first column names its rows, which scrolls where the page is narrower. */
export function textTable(head: readonly string[], rows: readonly Row[]): HTMLElement {
  const table = element("table");
  if (head.length > 0) {
    const row = table.createTHead().insertRow();
    for (const text of head) {
      const cell = element("th", text);
      cell.scope = "col";
      row.append(cell);
    }
  }
  const body = table.createTBody();
  for (const [label, ...figures] of rows) {
    const row = body.insertRow();
    const title = element("th", label);
    title.scope = "row";
    row.append(title, ...figures.map((text) => element("td", text)));
  }
  const scroller = element("div");
  scroller.className = "scroller";
  scroller.append(table);
  return scroller;
}
