export { ConfigError } from "./config-error.js";
export { defaultStreams } from "./default-streams.js";
export type { Served } from "./http/served.js";
export { ORIGIN_METRICS, UNKNOWN_STREAM } from "./metrics.js";
export { createOrigin, type Origin, type OriginOptions } from "./origin.js";
export type { FolderConfig } from "./streams/folder.js";
export type { LoopConfig } from "./streams/loop.js";
export type { StreamConfig } from "./streams/open.js";
export type { FileKind } from "./streams/stream.js";
