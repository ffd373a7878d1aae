import { element } from "../../pages/element.js";
import { formatBitrate } from "../../pages/format.js";
import type { LiveMessage, StreamRow } from "../../tracker/live/feed.js";
import { linkTo } from "./chosen-stream.js";
import { figuresOf } from "./stream-figures.js";
import { NOTHING, percent } from "./stream-tiles.js";
import { ago } from "./times.js";

/** The table of streams. Rows are only written anew where something changed, so that links keep the focus. */
export class StreamRows {
  readonly #body: HTMLElement;
  readonly #note: HTMLElement;
  readonly #rows = new Map<string | undefined, HTMLTableRowElement>();

  constructor(body: HTMLElement, note: HTMLElement) {
    this.#body = body;
    this.#note = note;
  }

  show({ all, streams, streamCount, unnamed }: LiveMessage, chosen: string | undefined): void {
    const rows = [all, ...streams];
    const shown = rows.map((row) => this.#row(row, chosen));
    for (const [stream, row] of this.#rows) {
      if (shown.includes(row)) continue;
      row.remove();
      this.#rows.delete(stream);
    }
    for (const [index, row] of shown.entries()) {
      if (this.#body.children[index] !== row)
        this.#body.insertBefore(row, this.#body.children[index] ?? null);
    }
    const hidden = streamCount - streams.length;
    this.#note.textContent = [
      ...(hidden > 0 ? [`${hidden} more with fewer viewers; name one in the address: #stream=…`] : []),
      ...(unnamed > 0 ? [`${unnamed} connected without naming their stream`] : []),
    ].join(" · ");
  }

  #row(row: StreamRow, chosen: string | undefined): HTMLTableRowElement {
    const made = this.#rows.get(row.stream) ?? this.#create(row.stream);
    this.#rows.set(row.stream, made);
    const { reported, implied, residual } = figuresOf(row);
    const isGone = row.viewers === 0 && row.connected === 0;
    const cells = [
      `${row.viewers}`,
      percent(reported),
      percent(implied),
      residual === undefined ? NOTHING : formatBitrate(residual),
      row.lastReportAgoS === null ? "none" : ago(row.lastReportAgoS),
    ];
    for (const [index, text] of cells.entries()) {
      const cell = made.cells[index + 1];
      if (cell && cell.textContent !== text) cell.textContent = text;
    }
    made.classList.toggle("gone", isGone && row.stream !== undefined);
    const link = made.querySelector("a");
    if (row.stream === chosen) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
    return made;
  }

  #create(stream: string | undefined): HTMLTableRowElement {
    const row = element("tr");
    const head = element("th");
    head.scope = "row";
    const link = element("a", stream ?? "All streams");
    link.href = linkTo(stream);
    head.append(link);
    row.append(
      head,
      ...["", "", "spare", "", "spare"].map((name) => {
        const cell = element("td");
        cell.className = name;
        return cell;
      }),
    );
    return row;
  }
}
