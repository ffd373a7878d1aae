import type { LoadResult } from "../result/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { runEach } from "../simulate/replicas.js";
import { type Variation, varied } from "./variations.js";

/** One place of a sweep: what its scenario has come to so far, over replicas. */
export interface SweepPoint {
  readonly value: unknown;
  /** Of the second variation, where there is one. */
  readonly series: unknown;
  /** In the order of their seeds; empty before the first is done. */
  readonly results: readonly LoadResult[];
}

export interface SweepOptions {
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** One more simulation is done. @param points all places, with what they have by now. */
  readonly onDone: (points: readonly SweepPoint[], done: number, total: number) => void;
  /** A simulation has failed; the others go on. */
  readonly onFailed: (point: SweepPoint, seed: number, error: Error) => void;
}

/**
 * Simulates a scenario with each value of one field, and each of a second one, several times each.
 *
 * @returns all places; those that were interrupted or have failed have fewer results than `replicas`.
 * @throws {ScenarioError} before the first simulation where a value does not fit.
 */
export async function sweep(
  scenario: Scenario,
  vary: Variation,
  series: Variation | undefined,
  replicas: number,
  { signal, onDone, onFailed }: SweepOptions,
): Promise<SweepPoint[]> {
  const places = vary.values.flatMap((value) =>
    (series?.values ?? [undefined]).map((second) => {
      const first = varied(scenario, vary.path, value);
      return { value, series: second, scenario: series ? varied(first, series.path, second) : first };
    }),
  );
  // Largest first, so that no thread is left alone with it in the end.
  const work = places
    .flatMap((place, index) =>
      Array.from({ length: replicas }, (_, seed) => ({
        index,
        scenario: { ...place.scenario, seed: seed + 1 },
      })),
    )
    .sort((a, b) => b.scenario.audience.viewers - a.scenario.audience.viewers);
  const results: LoadResult[] = [];
  const points = () =>
    places.map(({ value, series: second }, index) => ({
      value,
      series: second,
      results: results.filter((_, at) => work[at]?.index === index),
    }));
  let done = 0;
  await runEach(
    work.map((one) => one.scenario),
    signal,
    (at, outcome) => {
      const one = work[at] as (typeof work)[number];
      if (outcome instanceof Error) {
        onFailed(points()[one.index] as SweepPoint, one.scenario.seed, outcome);
        return;
      }
      results[at] = outcome;
      onDone(points(), ++done, work.length);
    },
  );
  return points();
}
