import { element } from "../../pages/element.js";
import { formatPercent } from "../../pages/format.js";
import { showRows } from "./rows.js";

/** A share of a whole, as a bar and in figures. */
export interface Bar {
  readonly name: string;
  readonly count: number;
  /** Class of its bar. */
  readonly look?: string;
}

export function showBars(body: HTMLElement, bars: readonly Bar[], whole: number): void {
  showRows(
    body,
    bars.map(({ name, count, look }) => {
      const share = whole > 0 ? count / whole : 0;
      const bar = element("div");
      bar.className = `bar ${look ?? ""}`;
      bar.style.width = `${share * 100}%`;
      bar.hidden = count === 0;
      return [name, bar, count === 0 ? "0" : `${count} · ${share < 0.01 ? "<1 %" : formatPercent(share)}`];
    }),
  );
}
