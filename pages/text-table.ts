import { element } from "./element.js";
import { unbroken } from "./unbroken.js";

/** A table whose first column names its rows, which scrolls where the page is narrower. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly [label: string, ...figures: string[]])[],
): HTMLElement {
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
    row.append(title, ...figures.map((text) => element("td", unbroken(text))));
  }
  const scroller = element("div");
  scroller.className = "scroller";
  scroller.append(table);
  return scroller;
}
