import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { decimal, FlagError, parseFlags } from "../../command-line/flags.js";
import { type Grid, gridOf } from "./grid.js";
import { MOMENTS, parseMoment } from "./moment.js";
import type { PrometheusOptions } from "./prometheus.js";
import type { Price } from "./report.js";

export interface ReportFlags {
  readonly prometheus: PrometheusOptions;
  readonly grid: Grid;
  readonly price: Price;
  readonly html: string | undefined;
  readonly csv: string | undefined;
}

interface Options {
  readonly prometheus: URL;
  readonly tokenFile?: string;
  readonly from: number;
  readonly to: number;
  readonly price: number;
  readonly currency: string;
  readonly html?: string;
  readonly csv?: string;
}

const SHORTEST_MS = 10_000;
const LONGEST_MS = 400 * 86_400_000;

const AFTER = `
Prometheus has to scrape both the origin and the tracker, see dashboards/prometheus.yml. A name and password can stand in
its address. The report is printed, and written as one HTML file and as CSV where that is asked for.

Ends with 0 when there is a report, 1 for a mistake in the flags or a file that cannot be written, 2 when Prometheus
cannot be asked, and 3 when it has nothing of Nearcast in the period; nothing is written then.

Example: nearcast-report --prometheus http://localhost:9090 --from 7d --price 0.02 --html week.html --csv week.csv`;

/** @throws {FlagError} */
export function readReportFlags(
  argv: readonly string[],
  nowMs: number,
): { help: string } | { flags: ReportFlags } {
  const moment = (text: string) => {
    const ms = parseMoment(text, nowMs);
    if (ms === undefined) throw new InvalidArgumentError(`Expected ${MOMENTS}.`);
    return ms;
  };
  const parsed = parseFlags(
    new Command("nearcast-report")
      .usage("--prometheus URL --from TIME [flags]")
      .description(
        "What peers have saved in a period, and what it meant for viewers, from Prometheus' figures.",
      )
      .requiredOption("--prometheus <url>", "address of Prometheus, e.g. http://localhost:9090", address)
      .option("--token-file <file>", "file with a token that Prometheus asks for (Bearer)")
      .requiredOption("--from <time>", `start of the period: ${MOMENTS}; without a zone in UTC`, moment)
      .addOption(new Option("--to <time>", "its end").default(nowMs, "now").argParser(moment))
      .option("--price <money>", "of a gigabyte (10^9 bytes) from the origin or CDN", decimal(0, 1_000), 0.02)
      .option("--currency <code>", "of the price", currency, "USD")
      .option("--html <file>", "write the report as one HTML file")
      .option("--csv <file>", "write its figures as CSV")
      .addHelpText("after", AFTER),
    argv,
  );
  if ("help" in parsed) return parsed;
  const { args } = parsed.command;
  if (args.length > 0) throw new FlagError(`expected flags only, got ${JSON.stringify(args[0])}`);
  const options = parsed.command.opts<Options>();
  const { from, to, price, html, csv } = options;
  if (to > nowMs) throw new FlagError(`--to: expected a time in the past, got ${new Date(to).toISOString()}`);
  if (to - from < SHORTEST_MS || to - from > LONGEST_MS)
    throw new FlagError(
      `--from: expected 10 seconds to 400 days before --to, got ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    );
  return {
    flags: {
      prometheus: {
        url: options.prometheus,
        ...(options.tokenFile === undefined ? {} : { token: readToken(options.tokenFile) }),
      },
      grid: gridOf(from, to),
      price: { perGB: price, currency: options.currency },
      html,
      csv,
    },
  };
}

function address(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("Expected an address such as http://localhost:9090.");
  url.search = "";
  url.hash = "";
  return url;
}

function currency(text: string): string {
  if (/^\p{L}{1,8}$|^\p{Sc}$/u.test(text)) return text;
  throw new InvalidArgumentError("Expected a code such as EUR.");
}

function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new FlagError(`--token-file: cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
  if (!/^[\x21-\x7e]+$/.test(token)) throw new FlagError(`--token-file: expected one token in ${file}`);
  return token;
}
