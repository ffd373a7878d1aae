import type { Tracker } from "../../tracker/index.js";

/** A metric's value, summed over its labels or for the given ones. */
export async function metricValue(
  tracker: Tracker,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const metric = (await tracker.metrics.getMetricsAsJSON()).find((candidate) => candidate.name === name);
  if (metric === undefined) throw new Error(`no metric ${name}`);
  return metric.values
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, sample) => sum + sample.value, 0);
}
