export type { NearcastEventMap, NearcastEventName } from "./events.js";
export type { IntegrityPolicy, IntegrityState } from "./integrity/integrity.js";
export type { PlaylistPublicKey } from "./integrity/public-key.js";
export type { Nearcast } from "./nearcast.js";
export type { Consent, NearcastOptions } from "./options.js";
export type { BytesBySource, IntegrityStats, NearcastStats } from "./stats.js";
export {
  type HlsWithNearcast,
  type HlsWithNearcastClass,
  type HlsWithNearcastConfig,
  withNearcast,
} from "./with-nearcast.js";
