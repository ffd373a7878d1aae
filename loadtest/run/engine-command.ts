import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { renderReport } from "../html/report.js";
import type { LoadResult } from "../result/result.js";
import { summaryTable } from "../result/summary-table.js";
import { brokenThresholds } from "../result/thresholds.js";
import { parseScenario } from "../scenario/parse.js";
import { readScenario } from "../scenario/read.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Engine } from "./engine.js";
import { openProgress } from "./progress.js";
import type { RunFlags } from "./run-flags.js";

/** Runs a scenario, shows and writes what it came to, and sets the exit code. */
export async function runEngine(engine: Engine, flags: RunFlags, command: string): Promise<LoadResult> {
  const scenario = scenarioOf(flags);
  engine.check(scenario);
  requireWritable("--json", flags.json);
  requireWritable("--report", flags.report);
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, stop);
  const progress = openProgress(scenario);
  const result = await engine.run(scenario, {
    onMoment: progress.show,
    onReady: progress.showReady,
    signal: interrupt.signal,
  });
  progress.close();
  console.log(summaryTable([{ name: scenario.about, result }]));
  warnOfHoldUps(result);
  if (flags.json !== undefined) writeOutput("--json", flags.json, `${JSON.stringify(result)}\n`);
  if (flags.report !== undefined) {
    writeOutput(
      "--report",
      flags.report,
      renderReport({ runs: [{ name: scenario.about, command, result }] }),
    );
  }
  const broken = brokenThresholds(flags.thresholds, result.figures);
  for (const { text, figure } of broken) {
    console.error(`nearcast-loadtest: failed: ${text} (${figure} is ${result.figures[figure]})`);
  }
  if (broken.length > 0) process.exitCode = 2;
  else if (result.isPartial) process.exitCode = 130;
  return result;
}

/** Longer than that, and viewers notice. */
const LONGEST_HOLD_UP_MS = 500;

/** A machine that is too slow for so many viewers makes them stall: that says nothing of what was to be tested. */
export function warnOfHoldUps({ figures }: LoadResult): void {
  const { heldUpMs, peakViewers } = figures;
  if (heldUpMs === null || heldUpMs <= LONGEST_HOLD_UP_MS) return;
  console.error(
    `nearcast-loadtest: this machine was too busy for ${peakViewers} viewers: they stood still for up to ${(heldUpMs / 1000).toFixed(1)} s, so do not count stalls and slow starts; run fewer, or nothing else beside them`,
  );
}

/** The file's scenario with what flags put in place of its fields. */
export function scenarioOf({ scenario: file, viewers, seconds, seed }: RunFlags): Scenario {
  const scenario = readScenario(file);
  return parseScenario({
    ...scenario,
    ...(seconds !== undefined && { durationS: seconds }),
    ...(seed !== undefined && { seed }),
    ...(viewers !== undefined && { audience: { ...scenario.audience, viewers } }),
  });
}
