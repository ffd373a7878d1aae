import logUpdate from "log-update";
import { FlagError } from "../../../command-line/flags.js";
import { requireWritable, writeOutput } from "../../../command-line/output-file.js";
import { NoBrowserError } from "../../browsers/chromium.js";
import { BenchError } from "../bench-error.js";
import { describeMachine } from "../machine.js";
import { type OffloadFlags, readOffloadFlags } from "./flags.js";
import { medianTable } from "./medians.js";
import { planRuns } from "./plan.js";
import { renderReport } from "./report.js";
import { isSameRun, pageDigest, type Results, readEarlier } from "./results-file.js";
import { runOffload } from "./run.js";
import { renderMedians, renderProgress, renderRun } from "./table.js";

/** `npm run bench -- offload`: engines compared, and what they came to as tables and files. */
export async function offloadCommand(argv: readonly string[]): Promise<void> {
  const read = readOffloadFlags(argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { flags } = read;
  const command = ["npm run bench -- offload", ...argv].join(" ");
  // Files that cannot be written are better known before the runs than after them.
  requireWritable("--json", flags.json);
  requireWritable("--report", flags.report);

  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  await runAll(flags, command, interrupt.signal);
}

async function runAll(flags: OffloadFlags, command: string, signal: AbortSignal): Promise<void> {
  const isTerminal = process.stdout.isTTY === true;
  const page = pageDigest();
  const earlier = flags.earlier === undefined ? undefined : readEarlier(flags.earlier, { ...flags, page });
  const runs = [...(earlier?.runs ?? [])];
  const commands = [...(earlier?.commands ?? []), command];
  const planned = planRuns(flags).filter((plan) => !runs.some((run) => isSameRun(run, plan)));
  for (const [index, plan] of planned.entries()) {
    if (signal.aborted) break;
    try {
      const run = await runOffload(
        plan,
        flags,
        (moment) => {
          const place = { done: index, total: planned.length, seconds: flags.seconds };
          if (isTerminal) logUpdate(renderProgress(plan, moment, place));
        },
        signal,
      );
      runs.push({ ...run, page });
      if (isTerminal) logUpdate.clear();
      console.log(renderRun(run));
      const machine = describeMachine(run.chromium);
      writeFiles(flags, { commands, machine, runs });
    } catch (error) {
      if (error instanceof NoBrowserError || error instanceof BenchError || error instanceof FlagError) {
        throw error;
      }
      // Hours of other runs must not be lost for one.
      console.error(`${plan.scenario} ${plan.engine} ${plan.round} failed: ${(error as Error).stack}`);
      process.exitCode = 1;
    }
    const isLastOfScenario = planned[index + 1]?.scenario !== plan.scenario;
    const table = isLastOfScenario || signal.aborted ? medianTable(plan.scenario, runs) : undefined;
    if (table) console.log(`\n${renderMedians(table, { hasColours: isTerminal })}\n`);
  }
}

function writeFiles(flags: OffloadFlags, results: Results): void {
  if (flags.json !== undefined) writeOutput("--json", flags.json, `${JSON.stringify(results, null, 2)}\n`);
  if (flags.report !== undefined) writeOutput("--report", flags.report, renderReport(results));
}
