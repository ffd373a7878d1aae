import { parseStreamName } from "../../player/protocol/index.js";
import { ConfigError } from "../config-error.js";
import { type FolderConfig, openFolder } from "./folder.js";
import { type LoopConfig, openLoop } from "./loop.js";
import type { Stream } from "./stream.js";

/** Where a stream comes from; `kind` tells which other options it has. */
export type StreamConfig = FolderConfig | LoopConfig;

/**
 * Opens every stream before the first request, so that a wrong folder is found at start.
 *
 * @throws {ConfigError} naming the option, e.g. `streams.live.folder: …`.
 */
export function openStreams(
  configs: Readonly<Record<string, StreamConfig>>,
  clock: () => number,
): ReadonlyMap<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const [name, config] of Object.entries(configs)) {
    try {
      parseStreamName(name);
    } catch (cause) {
      throw new ConfigError(`streams: ${(cause as Error).message.replace(/^stream: /, "")}`, { cause });
    }
    streams.set(name, open(name, config, clock));
  }
  if (streams.size === 0) throw new ConfigError("streams: expected at least one stream, got none");
  return streams;
}

function open(name: string, config: StreamConfig, clock: () => number): Stream {
  switch (config.kind) {
    case "folder":
      return openFolder(name, config);
    case "loop":
      return openLoop(name, config, clock);
    default: {
      const kind = JSON.stringify((config as { kind?: unknown }).kind);
      throw new ConfigError(`streams.${name}.kind: expected "folder" or "loop", got ${kind}`);
    }
  }
}
