import type { Logger } from "pino";
import type { Metrics } from "./metrics.js";
import type { TrackerSettings } from "./options.js";
import type { SwarmServer } from "./swarm-server.js";

/** What one tracker's connections share. */
export interface TrackerContext {
  readonly settings: TrackerSettings;
  readonly server: SwarmServer;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly now: () => number;
}
