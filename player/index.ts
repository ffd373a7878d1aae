export type { NearcastEventMap, NearcastEventName } from "./events.js";
export type { Nearcast } from "./nearcast.js";
export type { NearcastOptions } from "./options.js";
export type { NearcastStats } from "./stats.js";
export {
  type HlsWithNearcast,
  type HlsWithNearcastClass,
  type HlsWithNearcastConfig,
  withNearcast,
} from "./with-nearcast.js";
