import Table from "cli-table3";
import { date, printable } from "./formats.js";
import type { SavingsReport } from "./report.js";
import { figureRows, QUALITY_HEAD, qualityRow, type Row, STREAM_HEAD, streamRow } from "./rows.js";

/** A report for the terminal. */
export function summary(report: SavingsReport): string {
  const { streams, comparison, notes, price } = report;
  return [
    `Nearcast, ${date(report.fromMs)} to ${date(report.toMs)}`,
    table(["", ""], figureRows(report)),
    ...(streams.length > 0
      ? [
          table(
            STREAM_HEAD,
            streams.map((stream) => streamRow(stream, price.currency)),
          ),
        ]
      : []),
    ...(comparison.differences.length > 0
      ? [table(QUALITY_HEAD, comparison.differences.map(qualityRow))]
      : []),
    report.method,
    ...notes.map((note) => `! ${note}`),
  ].join("\n\n");
}

function table(head: Row, rows: readonly Row[]): string {
  const isTerminal = process.stdout.isTTY;
  const made = new Table({
    head: head.some((cell) => cell !== "") ? [...head] : [],
    colAligns: head.map((_, column) => (column === 0 ? "left" : "right")),
    style: isTerminal ? { head: ["bold"], compact: true } : { head: [], border: [], compact: true },
  });
  for (const row of rows) made.push(row.map(printable));
  return made.toString();
}
