import { expect, test } from "vitest";
import { joinUrl, parseJoin, parseStreamName } from "../../../player/protocol/index.js";
import { TRACKER_METRICS } from "../../../tracker/index.js";
import { Redis } from "../../support/redis.js";
import { RejoiningViewer } from "../../support/rejoining-viewer.js";
import { id } from "../../support/tracker-messages.js";
import { TrackerProcess } from "../../support/tracker-process.js";

const ADMIN = "an-admin-token-of-a-test";
const STREAMS = ["news", "sport", "films"];
const VIEWERS_OF_EACH = 15;

test("three trackers are restarted one after the other under load: only their own connections end, everybody is back, nothing is forgotten", {
  timeout: 180_000,
}, async () => {
  await using redis = await Redis.start();
  const start = (port = 0) =>
    TrackerProcess.start(
      ...["--port", String(port), "--redis", redis.url, "--node-heartbeat-ms", "250"],
      ...["--admin-token", ADMIN, "--max-sockets-per-address", "10000"],
    );
  const nodes = await Promise.all([start(), start(), start()]);
  await using _nodes = disposed(() => nodes.map((node) => node.stop("SIGKILL")));
  const knowEachOther = () =>
    Promise.all(
      nodes.map((node) => expect.poll(() => node.value(TRACKER_METRICS.nodes), { timeout: 30_000 }).toBe(3)),
    );
  await knowEachOther();
  await fetch(new URL("policy/news", nodes[0]?.base), {
    method: "PUT",
    headers: { Authorization: `Bearer ${ADMIN}` },
    body: JSON.stringify({ minViewers: 7 }),
  });

  const viewers = STREAMS.flatMap((stream, at) =>
    Array.from({ length: VIEWERS_OF_EACH }, (_, number) => {
      const [infoHash, peerId] = [id(String(at)), `-NC1S-${stream}-${number}`.padEnd(20, "x")];
      return new RejoiningViewer({ bases: () => nodes.map(({ base }) => base), stream, infoHash, peerId });
    }),
  );
  await using _viewers = disposed(() => viewers.map((viewer) => viewer.leave()));
  const allSeeAll = () =>
    expect
      .poll(() => viewers.filter(({ peersSeen }) => peersSeen !== VIEWERS_OF_EACH).length, {
        timeout: 20_000,
      })
      .toBe(0);
  await allSeeAll();

  for (const [index, leaving] of nodes.entries()) {
    const before = viewers.map(({ goodbyes }) => goodbyes.length);
    expect(await leaving.stop("SIGTERM")).toBe(0);
    nodes[index] = await start(leaving.port);
    await knowEachOther();
    await allSeeAll();
    const goodbyes = viewers.flatMap((viewer, at) => viewer.goodbyes.slice(before[at]));
    for (const goodbye of goodbyes) expect(goodbye).toEqual({ port: leaving.port, code: 1001 });
  }
  expect(viewers.flatMap(({ goodbyes }) => goodbyes).length).toBeGreaterThan(VIEWERS_OF_EACH);

  const countAll = async () => {
    const peers = await Promise.all(nodes.map((node) => node.value(TRACKER_METRICS.peers)));
    return peers.reduce((sum, count) => sum + count);
  };
  await expect.poll(countAll, { timeout: 30_000 }).toBe(STREAMS.length * VIEWERS_OF_EACH);
  // They meet, too, and an operator's word still holds.
  const heard = viewers.map(({ answersHeard }) => answersHeard);
  await expect
    .poll(() => viewers.every((viewer, at) => viewer.answersHeard > (heard[at] ?? 0)), { timeout: 30_000 })
    .toBe(true);
  const news = { stream: parseStreamName("news"), session: "session-1" };
  for (const { base, value } of nodes.map((node) => ({ base: node.base, value: node.value.bind(node) }))) {
    const response = await fetch(joinUrl(base, news));
    expect(parseJoin(await response.json(), response.url).policy.minViewers).toBe(7);
    expect(await value(TRACKER_METRICS.errors)).toBe(0);
  }
});

function disposed(stop: () => readonly Promise<unknown>[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(stop());
    },
  };
}
