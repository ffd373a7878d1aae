import { resolve } from "node:path";
import { FlagError } from "../../command-line/flags.js";
import { BenchError } from "../bench/bench-error.js";
import { packageRoot } from "../bench/package-root.js";
import { median } from "../bench/statistics.js";
import type { LoadResult } from "../result/result.js";
import type { Engine } from "../run/engine.js";
import { warnOfHoldUps } from "../run/engine-command.js";
import { openProgress } from "../run/progress.js";
import { parseScenario } from "../scenario/parse.js";
import { readScenario } from "../scenario/read.js";
import type { Scenario } from "../scenario/scenario.js";
import { sized } from "./comparison.js";
import { type Measured, readOffloadRuns } from "./measured.js";

/** One line of the comparison: a scenario, and how to learn what real viewers come to in it. */
export interface Row {
  readonly by: Measured["by"];
  readonly runs: number;
  /** What is simulated. */
  readonly scenario: Scenario;
  /** Like `bench-live6, 16 peers`. */
  readonly name: string;
  /** What it has come to after each run, over all runs so far. Nothing of a run that was interrupted. */
  measure(signal: AbortSignal): AsyncIterable<Measured>;
}

export interface RowPlan {
  readonly offload?: string;
  readonly peers: readonly number[];
  readonly browsers: readonly number[];
  /** Of `loadtest/scenarios/`, which real viewers are to play. */
  readonly scenario: string;
  readonly seconds: number;
  readonly runs: number;
}

/**
 * All rows, none of them run yet.
 *
 * @throws {FlagError | ScenarioError} where one of them cannot be run.
 */
export async function planRows(plan: RowPlan): Promise<Row[]> {
  const known = plan.offload === undefined ? [] : readOffloadRuns(plan.offload);
  return [
    ...known.map(rowOf),
    ...(await rowsToRun("peers", plan.peers, plan)),
    ...(await rowsToRun("browsers", plan.browsers, plan)),
  ];
}

function rowOf(measured: Measured): Row {
  const { scenario, by, viewers, seconds, runs } = measured;
  return {
    by,
    runs,
    scenario: sized(read(scenario), viewers, seconds),
    name: `${scenario}, ${viewers} ${by}`,
    async *measure() {
      yield measured;
    },
  };
}

async function rowsToRun(
  by: "peers" | "browsers",
  counts: readonly number[],
  { scenario: name, seconds, runs }: RowPlan,
): Promise<Row[]> {
  if (counts.length === 0) return [];
  const engine = await load(by);
  return counts.map((viewers) => {
    const known = sized(read(name), viewers, seconds);
    const scenario = by === "peers" ? withoutScreens(known) : known;
    engine.check(scenario);
    return {
      by,
      runs,
      scenario,
      name: `${name}, ${viewers} ${by}`,
      async *measure(signal) {
        const results: LoadResult[] = [];
        while (results.length < runs && !signal.aborted) {
          const result = await runOnce(engine, { ...scenario, seed: results.length + 1 }, signal);
          if (result.isPartial) return;
          results.push(result);
          yield {
            scenario: name,
            by,
            viewers,
            seconds,
            runs: results.length,
            offload: median(results.map(({ figures }) => figures.offload)) ?? 0,
            copies: median(results.flatMap(({ figures }) => figures.copiesMean ?? [])),
          };
        }
      },
    };
  });
}

/** Headless viewers show nothing, connect without a page's help, and see what their data channels have sent. */
function withoutScreens(scenario: Scenario): Scenario {
  return parseScenario({ ...scenario, audience: { ...scenario.audience, device: { inFlightKiB: 0 } } });
}

async function runOnce(engine: Engine, scenario: Scenario, signal: AbortSignal): Promise<LoadResult> {
  const progress = openProgress(scenario);
  try {
    const result = await engine.run(scenario, {
      onMoment: progress.show,
      onReady: progress.showReady,
      signal,
    });
    warnOfHoldUps(result);
    const { failedSessions } = result.figures;
    if (failedSessions > 0 && !result.isPartial)
      throw new BenchError(`${failedSessions} viewers did not play: there is nothing to compare`);
    return result;
  } finally {
    progress.close();
  }
}

async function load(by: "peers" | "browsers"): Promise<Engine> {
  if (by === "browsers") return (await import("../browsers/engine.js")).browserViewers();
  return (await import("../peers/engine.js")).headlessViewers();
}

function read(name: string): Scenario {
  if (!/^[\w-]+$/.test(name))
    throw new FlagError(`--scenario: expected the name of a scenario, got '${name}'`);
  return readScenario(resolve(packageRoot(), "loadtest/scenarios", `${name}.json`));
}
