import { stringify } from "csv-stringify/sync";
import type { SavingsReport } from "./report.js";
import type { Savings } from "./savings.js";

const COLUMNS = ["from", "to", "stream", "figure", "unit", "value", "low", "high"];
/** In the column `stream`: of all streams in the sums. */
const ALL = "(all)";

type Line = readonly [
  stream: string,
  figure: string,
  unit: string,
  value: number | null,
  low?: number,
  high?: number,
];

/** RFC 4180, one figure a line; what has no value is empty. Names that a spreadsheet would take for formulas are quoted. */
export function renderCsv(report: SavingsReport): string {
  const period = [report.fromMs, report.toMs].map((ms) => new Date(ms).toISOString());
  const lines = linesOf(report).map((line) => [...period, ...line.map((cell) => cell ?? "")]);
  return stringify([COLUMNS, ...lines.map((line) => pad(line))], {
    record_delimiter: "windows",
    escape_formulas: false,
    cast: { string: (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text), number: String },
  });
}

function pad(line: readonly (string | number)[]): (string | number)[] {
  return COLUMNS.map((_, column) => line[column] ?? "");
}

function linesOf(report: SavingsReport): Line[] {
  const { total, peaks, price, leftOut, streams, comparison } = report;
  return [
    ...savingsLines(ALL, total, report),
    [ALL, "time that the figures are of", "seconds", report.coveredMs / 1000],
    [ALL, "peak with P2P", "bit/s", peaks.residual],
    [ALL, "peak without P2P", "bit/s", peaks.withoutPeers],
    [ALL, "95th percentile with P2P", "bit/s", peaks.residualP95],
    [ALL, "95th percentile without P2P", "bit/s", peaks.withoutPeersP95],
    [ALL, "price", `${price.currency} per GB`, price.perGB],
    [ALL, "sessions left out", "sessions", leftOut.sessions],
    [ALL, "reports left out as impossible", "reports", leftOut.implausibleReports],
    [ALL, "reports refused or too many", "reports", leftOut.otherReports],
    [ALL, "reports counted", "reports", leftOut.countedReports],
    ...comparison.differences.flatMap(({ name, unit, p2p, holdout, difference, interval }): Line[] => {
      const plainUnit = unit === "percent" ? "ratio" : unit;
      return [
        [ALL, `${name}: P2P`, plainUnit, p2p],
        [ALL, `${name}: holdout`, plainUnit, holdout],
        [ALL, `${name}: P2P less holdout`, plainUnit, difference, interval?.low, interval?.high].filter(
          (cell) => cell !== undefined,
        ) as unknown as Line,
      ];
    }),
    ...streams.flatMap((stream) => savingsLines(stream.stream, stream, report)),
  ];
}

function savingsLines(stream: string, savings: Savings, { coveredMs, price }: SavingsReport): Line[] {
  const seconds = coveredMs / 1000;
  return [
    [stream, "played from peers as reported", "bytes", savings.fromPeers],
    [stream, "played from the origin as reported", "bytes", savings.fromOrigin],
    [stream, "sent by the origin", "bytes", savings.sent],
    [stream, "residual", "bit/s", seconds > 0 ? (savings.sent * 8) / seconds : null],
    [stream, "offload as reported", "ratio", savings.offloadReported],
    [stream, "offload as the origin implies", "ratio", savings.offloadImplied],
    [stream, "offload reported less implied", "ratio", savings.disagreement],
    [stream, "cost with P2P", price.currency, savings.cost],
    [stream, "cost without P2P", price.currency, savings.costWithoutPeers],
    [stream, "saved", price.currency, savings.costWithoutPeers - savings.cost],
    [stream, "never played from peers", "bytes", savings.wastedFromPeers],
    [stream, "never played from the origin", "bytes", savings.wastedFromOrigin],
    [stream, "rejected", "bytes", savings.rejected],
    [stream, "uploaded", "bytes", savings.uploaded],
  ];
}
