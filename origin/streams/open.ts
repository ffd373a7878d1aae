import type { Logger } from "pino";
import { parseStreamName } from "../../player/protocol/index.js";
import type { GateConfig } from "../access/stream-gate.js";
import { ConfigError } from "../config-error.js";
import { type IngestConfig, openIngest } from "../ingest/ingest.js";
import type { FileMemory } from "../memory/file-memory.js";
import type { OriginMetrics } from "../metrics/metrics.js";
import { openUpstream, type UpstreamConfig } from "../upstream/upstream.js";
import { type FolderConfig, openFolder } from "./folder.js";
import { type LoopConfig, openLoop } from "./loop.js";
import type { Stream } from "./stream.js";

/** Where a stream comes from; `kind` tells which other options it has. */
export type StreamConfig = (FolderConfig | LoopConfig | IngestConfig | UpstreamConfig) & GateConfig;

export interface StreamContext {
  readonly clock: () => number;
  readonly memory: FileMemory;
  readonly logger: Logger;
  readonly metrics: OriginMetrics;
  /** Names this process to upstreams. */
  readonly via: string;
}

/**
 * Opens every stream before the first request, so that a wrong folder is found at start.
 *
 * @throws {ConfigError} naming the option, e.g. `streams.live.folder: …`.
 */
export function openStreams(
  configs: Readonly<Record<string, StreamConfig>>,
  context: StreamContext,
): ReadonlyMap<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const [name, config] of Object.entries(configs)) {
    try {
      parseStreamName(name);
    } catch (cause) {
      throw new ConfigError(`streams: ${(cause as Error).message.replace(/^stream: /, "")}`, { cause });
    }
    streams.set(name, open(name, config, context));
  }
  if (streams.size === 0) throw new ConfigError("streams: expected at least one stream, got none");
  return streams;
}

function open(name: string, config: StreamConfig, context: StreamContext): Stream {
  switch (config.kind) {
    case "folder":
      return openFolder(name, config);
    case "loop":
      return openLoop(name, config, context.clock);
    case "ingest":
      return openIngest(name, config, context);
    case "upstream":
      return openUpstream(name, config, context);
    default: {
      const kind = JSON.stringify((config as { kind?: unknown }).kind);
      throw new ConfigError(
        `streams.${name}.kind: expected "folder", "loop", "ingest" or "upstream", got ${kind}`,
      );
    }
  }
}
