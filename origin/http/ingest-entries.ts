import { readSharedKey } from "../access/shared-key.js";
import { ConfigError } from "../config-error.js";
import type { StreamConfig } from "../streams/open.js";
import type { Stream } from "../streams/stream.js";
import type { IngestEntry } from "./ingest.js";

/**
 * The streams that encoders may push to, with their keys.
 *
 * @throws {ConfigError} when anybody could push from another machine, unless that is wanted.
 */
export function ingestEntries(
  configs: Readonly<Record<string, StreamConfig>>,
  streams: ReadonlyMap<string, Stream>,
  { host, open }: { host: string; open: boolean },
): ReadonlyMap<string, IngestEntry> {
  const entries = new Map<string, IngestEntry>();
  for (const [name, { desk }] of streams) {
    const config = configs[name];
    if (!desk || config?.kind !== "ingest") continue;
    const option = `streams.${name}.keyFile`;
    if (config.keyFile === undefined && !open && !isLoopback(host)) {
      throw new ConfigError(`${option}: is needed, because ${host} can be reached from other machines`);
    }
    const key = config.keyFile === undefined ? undefined : readSharedKey(config.keyFile, option);
    entries.set(name, { desk, key });
  }
  return entries;
}

/** Whether only programs on this machine can connect to a host name or address. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
