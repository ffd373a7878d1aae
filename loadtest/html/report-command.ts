import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import * as v from "valibot";
import { FlagError, parseFlags } from "../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { type LoadResult, ResultError } from "../result/result.js";
import { summaryTable } from "../result/summary-table.js";
import { renderReport } from "./report.js";

/** `nearcast-loadtest report`, and `nearcast-loadtest --compare`. */
export async function reportCommand(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-loadtest report")
      .usage("RESULT.json … [flags]   (nearcast-loadtest --compare A.json B.json [flags])")
      .description("Shows results that `--json` has written, side by side; as one HTML file with --report.")
      .argument("<results...>", "1 to 6 result files")
      .option("--report <file>", "write a report as one HTML file"),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const { args } = parsed.command;
  const { report } = parsed.command.opts<{ report?: string }>();
  if (args.length > 6) throw new FlagError(`results: expected 1 to 6 files, got ${args.length}`);
  const runs = args.map((file) => ({ name: basename(file, ".json"), result: readResult(file) }));
  requireWritable("--report", report);
  console.log(summaryTable(runs));
  if (report === undefined) return;
  const command = ["nearcast-loadtest report", ...argv].join(" ");
  writeOutput("--report", report, renderReport({ runs: runs.map((run) => ({ ...run, command })) }));
}

/** Enough to tell a result from anything else; what it says inside is this program's own. */
const resultSchema = v.looseObject({
  format: v.literal("nearcast-loadtest/1"),
  engine: v.string(),
  scenario: v.looseObject({ about: v.string(), price: v.looseObject({ currency: v.string() }) }),
  figures: v.record(v.string(), v.nullable(v.number())),
  timeline: v.looseObject({ stepS: v.number(), viewers: v.array(v.number()) }),
  distributions: v.record(v.string(), v.array(v.number())),
  copiesPerSegment: v.array(v.number()),
});

/** @throws {ResultError} that names the file. */
export function readResult(file: string): LoadResult {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ResultError(`${file}: cannot be read as JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = v.safeParse(resultSchema, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ResultError(
      `${file}: is no result of a load test (${v.getDotPath(issue) ?? "all of it"}: ${issue.message})`,
    );
  }
  return json as LoadResult;
}
