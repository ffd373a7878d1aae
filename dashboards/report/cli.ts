#!/usr/bin/env node
import logUpdate from "log-update";
import { FlagError } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { htmlFile } from "../../pages/html-file.js";
import { renderCsv } from "./csv.js";
import { type ReportFlags, readReportFlags } from "./flags.js";
import { date } from "./formats.js";
import { measure } from "./measured.js";
import { Prometheus, PrometheusError } from "./prometheus.js";
import { reportOn } from "./report.js";
import { summary } from "./summary.js";

const EXIT = { mistake: 1, unreachable: 2, nothing: 3 } as const;

try {
  const read = readReportFlags(process.argv.slice(2), Date.now());
  if ("help" in read) process.stdout.write(read.help);
  else await run(read.flags);
} catch (error) {
  if (!(error instanceof FlagError) && !(error instanceof PrometheusError)) throw error;
  console.error(`nearcast-report: ${error.message}`);
  process.exitCode = error instanceof FlagError ? EXIT.mistake : EXIT.unreachable;
}

async function run({ prometheus: options, grid, price, html, csv }: ReportFlags): Promise<void> {
  requireWritable("--html", html);
  requireWritable("--csv", csv);
  const prometheus = new Prometheus(options);
  const measured = await measure(prometheus, grid, showProgress).finally(() => logUpdate.clear());
  const report = reportOn(measured, { prometheus: prometheus.address, price });
  if (report === undefined) {
    console.error(
      `nearcast-report: ${prometheus.address} has nothing of Nearcast from ${date(grid.fromMs)} to ${date(grid.toMs)}. Does it scrape the origin and the tracker, and does it keep data for so long?`,
    );
    process.exitCode = EXIT.nothing;
    return;
  }
  const title = `Nearcast: savings, ${date(report.fromMs)} to ${date(report.toMs)}`;
  if (html !== undefined) writeOutput("--html", html, htmlFile({ page: "savings", title, data: report }));
  if (csv !== undefined) writeOutput("--csv", csv, renderCsv(report));
  console.log(summary(report));
}

/** On a terminal only: elsewhere it would be in the way of the report. */
function showProgress(what: string, share: number): void {
  if (process.stdout.isTTY) logUpdate(`${Math.round(share * 100)} %  reading ${what}`);
}
