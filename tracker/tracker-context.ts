import type { Logger } from "pino";
import type { Rate } from "./admission/token-bucket.js";
import type { IntroductionDesk } from "./introductions.js";
import type { Metrics } from "./metrics/metrics.js";
import type { TrackerSettings } from "./options.js";
import type { Outboxes } from "./outboxes.js";
import type { PeerSessions } from "./reports/peer-sessions.js";
import type { SwarmServer } from "./swarm-server.js";

/** What one tracker's connections share. */
export interface TrackerContext {
  readonly settings: TrackerSettings;
  /** Of one connection. */
  readonly rates: { readonly messages: Rate; readonly announces: Rate };
  readonly server: SwarmServer;
  readonly introductions: IntroductionDesk;
  readonly metrics: Metrics;
  readonly outboxes: Outboxes;
  readonly sessions: PeerSessions;
  readonly logger: Logger;
  readonly now: () => number;
  /** Whether viewers of different streams are kept apart: where streams are checked they cannot be made up. */
  readonly bindStreams: boolean;
}
