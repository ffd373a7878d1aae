import { expect } from "vitest";
import { joinUrl, parseJoin, parseStreamName } from "../../player/protocol/index.js";
import { createTracker, TRACKER_METRICS, type TrackerOptions } from "../../tracker/index.js";
import { metricValue } from "./tracker-metrics.js";

export const ADMIN = "an-admin-token-of-a-test";

/** One tracker that shares a service with those that have the same Redis. */
export async function startNode(redis: string, options: TrackerOptions = {}) {
  const tracker = createTracker({
    port: 0,
    redis,
    nodeHeartbeatMs: 100,
    adminToken: ADMIN,
    trustedProxies: ["loopback"],
    ...options,
  });
  const { url, port } = await tracker.listen();
  const base = `http://127.0.0.1:${port}/`;
  const joined = async (stream: string, session = "session-1") => {
    const response = await fetch(joinUrl(base, { stream: parseStreamName(stream), session }));
    return parseJoin(await response.json(), response.url);
  };
  const ready = async () => (await fetch(new URL("/readyz", base))).json();
  const value = (name: string, labels = {}) => metricValue(tracker, name, labels);
  return { tracker, url, port, base, joined, ready, value, [Symbol.asyncDispose]: () => tracker.close() };
}

export type TrackerNode = Awaited<ReturnType<typeof startNode>>;

/** Nodes that all know each other. */
export async function startNodes(
  redis: string,
  count: number,
  options: TrackerOptions = {},
): Promise<TrackerNode[] & AsyncDisposable> {
  const nodes = await Promise.all(Array.from({ length: count }, () => startNode(redis, options)));
  await Promise.all(
    nodes.map((node) => expect.poll(() => node.value(TRACKER_METRICS.nodes), { timeout: 8000 }).toBe(count)),
  );
  return Object.assign(nodes, {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(nodes.map(({ tracker }) => tracker.close()));
    },
  });
}
