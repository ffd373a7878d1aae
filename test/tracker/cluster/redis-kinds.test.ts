import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { createTracker, TRACKER_METRICS, type Tracker } from "../../../tracker/index.js";
import { RedisCluster, RedisSentinel } from "../../support/redis.js";
import { announce, answer, id, offer } from "../../support/tracker-messages.js";
import { metricValue } from "../../support/tracker-metrics.js";
import { RawClient } from "../../support/tracker-raw-client.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

async function startTwo(redis: string) {
  const trackers = [0, 1].map(() => createTracker({ port: 0, redis, nodeHeartbeatMs: 100 }));
  const [one, other] = await Promise.all(trackers.map((tracker) => tracker.listen()));
  if (one === undefined || other === undefined) throw new Error("unreachable");
  const knowEachOther = () =>
    Promise.all(
      trackers.map((tracker) =>
        expect.poll(() => metricValue(tracker, TRACKER_METRICS.nodes), { timeout: 30_000 }).toBe(2),
      ),
    );
  await knowEachOther();
  const close = async () => {
    await Promise.all(trackers.map((tracker: Tracker) => tracker.close()));
  };
  return { trackers, urls: [one.url, other.url] as const, knowEachOther, [Symbol.asyncDispose]: close };
}

/** Whether viewers whose sockets are at two trackers get to each other, in swarms of either. */
async function meet(urls: readonly [string, string], swarms: readonly string[]): Promise<void> {
  await using alice = await RawClient.connect(urls[0]);
  await using bob = await RawClient.connect(urls[1]);
  for (const swarm of swarms) {
    await alice.ask(announce(swarm, id("a")));
    await bob.ask(announce(swarm, id("b"), { offers: [offer(id("1"))] }));
    expect(await alice.next()).toMatchObject({ peer_id: id("b"), offer_id: id("1") });
    alice.send(answer(swarm, id("a"), id("b"), id("1")));
    expect(await bob.next()).toMatchObject({ peer_id: id("a"), answer: { type: "answer" } });
  }
}

const swarmsFrom = (letter: string) =>
  Array.from({ length: 6 }, (_, number) => id(String.fromCharCode(letter.charCodeAt(0) + number)));

test("trackers share a service through a Redis Cluster", async () => {
  await using redis = await RedisCluster.start();
  await using service = await startTwo(redis.url);
  await meet(service.urls, swarmsFrom("a"));
});

test("trackers share a service through Redis Sentinel, and find the new master when the old one dies", {
  timeout: 120_000,
}, async () => {
  await using redis = await RedisSentinel.start();
  await using service = await startTwo(redis.url);
  await meet(service.urls, swarmsFrom("a"));
  await redis.master.kill();
  // What was said to each other in the meantime is lost, and said again.
  await Promise.all(
    swarmsFrom("k").map((swarm) =>
      expect.poll(() => countTogether(service.urls, swarm), { timeout: 60_000 }).toBe(2),
    ),
  );
  await service.knowEachOther();
  await meet(service.urls, swarmsFrom("u"));
});

/** How many see each other in a swarm within a second; nothing where a message is lost. */
async function countTogether(urls: readonly [string, string], swarm: string): Promise<number | undefined> {
  await using alice = await RawClient.connect(urls[0]);
  await using bob = await RawClient.connect(urls[1]);
  const asked = alice
    .ask(announce(swarm, id("a")))
    .then(() => bob.ask(announce(swarm, id("b"))))
    .then(({ incomplete }) => incomplete);
  return await Promise.race([asked, sleep(1000, undefined)]);
}
