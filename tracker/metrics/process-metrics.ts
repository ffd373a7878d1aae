import { collectDefaultMetrics, Registry } from "prom-client";

/** Made with the first tracker of the process. prom-client cannot stop its event-loop monitor, so one must do for all. */
let processRegistry: Registry | undefined;

/** Adds prom-client's default metrics (CPU, memory, event-loop lag, garbage collection) to a registry. */
export function registerProcessMetrics(registry: Registry): void {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  for (const { name } of processRegistry.getMetricsAsArray()) {
    const metric = processRegistry.getSingleMetric(name);
    if (metric !== undefined) registry.registerMetric(metric);
  }
}
