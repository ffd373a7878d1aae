// Why a tracker does not start, in words that name the option.
import { checkRedisUrl } from "./cluster/redis-url.js";
import { parseAddress, scopeOf } from "./nearness/address.js";
import { OptionError, type TrackerSettings } from "./options.js";

/**
 * What shows before any file is read.
 *
 * @throws {OptionError}
 */
export function checkSettings(settings: TrackerSettings): void {
  refuseOpenHost(settings);
  checkCluster(settings);
}

/** A tracker that asks for no tokens must not be found by strangers by mistake. */
function refuseOpenHost({ host, accessKeys, open }: TrackerSettings): void {
  const address = parseAddress(host);
  const isLoopback = host === "localhost" || (address !== undefined && scopeOf(address) === "loopback");
  if (accessKeys !== undefined || open || isLoopback) return;
  throw new OptionError(
    `open: ${host} is not a loopback address: give accessKeys, or say that everybody may use it`,
  );
}

function checkCluster({ redis, publicUrl, host }: TrackerSettings): void {
  if (redis === undefined) return;
  checkRedisUrl(redis);
  const isAnyAddress = host === "0.0.0.0" || host === "::";
  if (publicUrl === undefined && isAnyAddress) {
    throw new OptionError(
      "publicUrl: expected this tracker's address as players see it, as there are others; got none",
    );
  }
}

/** The error for a port that cannot be listened on. */
export function cannotListen(host: string, port: number, cause: unknown): OptionError {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case "EADDRINUSE":
      return new OptionError(`port: ${port} is already in use on ${host}`, { cause });
    case "EACCES":
      return new OptionError(`port: ${port} may not be listened on by this user`, { cause });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new OptionError(`host: ${host} is not an address of this machine`, { cause });
    default:
      return new OptionError(`host: cannot listen on ${host}, port ${port} (${code ?? String(cause)})`, {
        cause,
      });
  }
}
