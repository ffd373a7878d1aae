import { element } from "../../../pages/element.js";
import { textTable } from "../../../pages/text-table.js";
import { type Outlook, outlookRows } from "../outlook.js";

/** Adds what a provider may expect, and a heading for the runs that it is made of. */
export function drawOutlook(into: HTMLElement, outlook: Outlook): void {
  const { viewers, replicas, scale } = outlook;
  into.append(
    element("h2", `Your audience: ${viewers.toLocaleString("en")} viewers at the peak`),
    textTable(["", "expected", `range of ${replicas}`], outlookRows(outlook)),
    element("h2", "The simulated runs"),
  );
  if (scale <= 1) return;
  const note = element(
    "p",
    `One viewer was simulated for every ${scale.toFixed(1)}. Sums above are of your whole audience; what follows is of the simulated viewers.`,
  );
  note.className = "quiet";
  into.append(note);
}
