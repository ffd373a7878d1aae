import type { LoadResult } from "../result/result.js";
import type { Scenario } from "../scenario/scenario.js";
import { runReplicas } from "../simulate/replicas.js";
import { type Variation, varied } from "./variations.js";

/** One place of a sweep: what its scenario came to, over replicas. */
export interface SweepPoint {
  readonly value: unknown;
  /** Of the second variation, where there is one. */
  readonly series: unknown;
  readonly results: readonly LoadResult[];
}

/** Simulates a scenario with each value of one field, and each of a second one, several times each. */
export async function sweep(
  scenario: Scenario,
  vary: Variation,
  series: Variation | undefined,
  replicas: number,
  options: { readonly signal: AbortSignal; readonly onDone: (done: number, total: number) => void },
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
  const results = await runReplicas(
    work.map((one) => one.scenario),
    options.signal,
    (done) => options.onDone(done, work.length),
  );
  // An interrupted sweep has no results for some: which ones, the pool does not say.
  if (results.length < work.length) return [];
  return places.map(({ value, series: second }, index) => ({
    value,
    series: second,
    results: results.filter((_, done) => work[done]?.index === index),
  }));
}
