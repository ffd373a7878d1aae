import { createClient, createCluster, createSentinel, type RedisClientType } from "@redis/client";
import { OptionError } from "../options.js";

/** What is used of Redis, which is the same of a server, a Sentinel group and a Cluster. */
export type RedisConnection = Pick<
  RedisClientType,
  "connect" | "destroy" | "on" | "publish" | "subscribe" | "hSet" | "hDel" | "hGetAll"
>;

/** Tries to connect again after this long, more slowly each time, and without end. */
const SLOWEST_RETRY_MS = 2000;

const EXPECTED =
  "expected redis://host:6379, rediss://…, redis+sentinel://host:26379,host:26379/group or redis+cluster://host:6379,host:6379";

/** @throws {OptionError} */
export function checkRedisUrl(url: string): void {
  parse(url);
}

/**
 * What waits for Redis at most; more fails at once. The library's own bound, a timer for each command, takes longer than
 * all else about it.
 */
const QUEUE = { commandsQueueMaxLength: 5000, commandOptions: { timeout: 0 } };

/** Makes a connection that is not open yet. Commands fail at once while it is not. */
export function createRedis(url: string): RedisConnection {
  const { kind, addresses, rest, auth } = parse(url);
  const socket = {
    reconnectStrategy: (retries: number) => Math.min(100 * 2 ** retries, SLOWEST_RETRY_MS),
    connectTimeout: 2000,
  };
  switch (kind) {
    case "server":
      return createClient({ url, disableOfflineQueue: true, socket, ...QUEUE }) as RedisConnection;
    case "sentinel":
      return createSentinel({
        name: rest || "mymaster",
        sentinelRootNodes: addresses,
        nodeClientOptions: { ...auth, socket, ...QUEUE },
      }) as unknown as RedisConnection;
    case "cluster":
      return createCluster({
        rootNodes: addresses.map(({ host, port }) => ({ url: `redis://${host}:${port}` })),
        defaults: { ...auth, socket, ...QUEUE },
      }) as unknown as RedisConnection;
  }
}

function parse(url: string) {
  const [, scheme = "", credentials, hosts = "", rest = ""] =
    /^(rediss?|redis\+sentinel|redis\+cluster):\/\/(?:([^@/]*)@)?([^/]+)(?:\/(.*))?$/.exec(url) ?? [];
  const addresses = hosts.split(",").map((item) => {
    const [, host = "", port] = /^(\[[^\]]+\]|[^:\s]+)(?::(\d{1,5}))?$/.exec(item) ?? [];
    return { host, port: port === undefined ? (scheme === "redis+sentinel" ? 26_379 : 6379) : Number(port) };
  });
  const isWrong = scheme === "" || addresses.some(({ host, port }) => host === "" || port > 65_535);
  if (isWrong || (scheme.startsWith("rediss") && addresses.length > 1)) {
    throw new OptionError(`redis: ${EXPECTED}`);
  }
  const kind = scheme === "redis+sentinel" ? "sentinel" : scheme === "redis+cluster" ? "cluster" : "server";
  const [username = "", password] = (credentials ?? "").split(":").map(decodeURIComponent);
  const auth = { ...(username !== "" && { username }), ...(password !== undefined && { password }) };
  return { kind, addresses, rest, auth } as const;
}
