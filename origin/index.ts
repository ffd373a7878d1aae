export type { AccessConfig } from "./access/access.js";
export type { GateConfig } from "./access/stream-gate.js";
export { ConfigError } from "./config-error.js";
export { defaultStreams } from "./default-streams.js";
export type { Served } from "./http/served.js";
export type { IngestConfig } from "./ingest/ingest.js";
export { type TaggingOptions, tagPlaylists } from "./integrity/middleware.js";
export {
  newPlaylistKey,
  type PlaylistKey,
  type PublicJwk,
  parsePlaylistKey,
} from "./integrity/playlist-key.js";
export { type SignedPlaylist, signFolder } from "./integrity/sign-folder.js";
export { WELL_KNOWN_PATH } from "./integrity/well-known.js";
export { UNKNOWN_STREAM } from "./metrics/metrics.js";
export { ORIGIN_METRICS } from "./metrics/names.js";
export { createOrigin, type Origin, type OriginOptions } from "./origin.js";
export type { PlaylistFilter, PlaylistToFilter } from "./playlist/filter.js";
export { pathInStream } from "./playlist/uri.js";
export type { Pathway, SteeringConfig } from "./steering/steering.js";
export type { FolderConfig } from "./streams/folder.js";
export type { LoopConfig } from "./streams/loop.js";
export type { StreamConfig } from "./streams/open.js";
export type { FileKind } from "./streams/stream.js";
export type { UpstreamConfig } from "./upstream/upstream.js";
