import { element } from "../../pages/element.js";

/** What stands in a table's cell. */
export type Cell = string | Node;

/** Writes a table's rows; the first cell of each names it. Texts stay texts, whatever is in them. */
export function showRows(body: HTMLElement, rows: readonly (readonly Cell[])[]): void {
  body.replaceChildren(
    ...rows.map((cells) => {
      const row = element("tr");
      for (const [index, cell] of cells.entries()) {
        const made = index === 0 ? element("th") : element("td");
        if (index === 0) made.setAttribute("scope", "row");
        made.append(cell);
        row.append(made);
      }
      return row;
    }),
  );
}
