import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createOrigin, defaultStreams } from "../../../origin/index.js";
import { createTracker, type TrackerOptions } from "../../../tracker/index.js";
import type { LiveMessage, SwarmPicture } from "../../../tracker/live/feed.js";
import { Redis } from "../../support/redis.js";
import { announce, id, offer } from "../../support/tracker-messages.js";
import { RawClient } from "../../support/tracker-raw-client.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let redis: Redis;
beforeAll(async () => {
  redis = await Redis.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

const ADMIN = "an-admin-token-of-a-test";
const AS_ADMIN = { Authorization: `Bearer ${ADMIN}` };

async function startTracker(options: TrackerOptions = {}) {
  const tracker = createTracker({
    port: 0,
    redis: redis.url,
    nodeHeartbeatMs: 100,
    reportIntervalS: 1,
    adminToken: ADMIN,
    ...options,
  });
  const { url, port } = await tracker.listen();
  const base = `http://127.0.0.1:${port}/`;
  return { url, base, [Symbol.asyncDispose]: () => tracker.close() };
}

/** The first message of the feed. */
async function look(base: string): Promise<LiveMessage> {
  const response = await fetch(`${base}live/events`);
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.includes("\n\n")) break;
  }
  return JSON.parse(text.slice("data: ".length, text.indexOf("\n\n"))) as LiveMessage;
}

const sees = (base: string) => expect.poll(() => look(base), { timeout: 20_000, interval: 100 });

test("each tracker's live feed is of the whole service, and says when others are missing", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const originMetrics = [`${(await origin.listen()).url}/metrics`];
  await using one = await startTracker({ originMetrics });
  await using other = await startTracker({ originMetrics });
  for (const { base } of [one, other])
    await sees(base).toMatchObject({
      service: { isUp: true, trackers: [{}, {}] },
      origin: { state: "answering" },
    });

  await using viewer = await RawClient.connect(`${one.url}?stream=news`);
  await viewer.ask(announce(id("h"), id("a"), { offers: [offer(id("o"))] }));
  viewer.send("{");
  await postReport(one.base, reportOf("session-1"));
  await postReport(one.base, reportOf("session-1", { sequence: 1 }));
  await postReport(other.base, reportOf("session-2"));
  for (const { base } of [one, other])
    await sees(base).toMatchObject({
      all: { viewers: 2 },
      streams: [{ stream: "news", viewers: 2 }],
      cohorts: { p2p: { reports: 3 } },
      refusals: [{ name: "not_json", total: 1 }],
    });

  // So is the list of streams.
  for (const { base } of [one, other]) {
    const listed = async () => {
      // Who is not heard of for three seconds is gone.
      for (const session of ["session-1", "session-2"])
        await fetch(`${one.base}join?stream=news&session=${session}`);
      return await (await fetch(new URL("/streams", base), { headers: AS_ADMIN })).json();
    };
    await expect.poll(listed, { timeout: 20_000 }).toMatchObject({
      streams: [{ stream: "news", viewers: 2, offload: 0.75, cohorts: { p2p: { reports: 3 } } }],
    });
  }

  await redis.kill();
  await sees(other.base).toMatchObject({
    service: { isUp: false, trackers: [{}] },
    origin: { state: "failing", because: expect.stringContaining("Redis cannot be reached") },
  });
  await redis.start();
  await sees(other.base).toMatchObject({
    service: { isUp: true, trackers: [{}, {}] },
    origin: { state: "answering" },
  });
});

test("a swarm is drawn by any tracker, wherever its viewers are connected", async () => {
  await using one = await startTracker();
  await using other = await startTracker();
  await sees(other.base).toMatchObject({ service: { trackers: [{}, {}] } });
  const viewers = await Promise.all(
    [one, other, other].map(({ url }) => RawClient.connect(`${url}?stream=news`)),
  );
  for (const [index, viewer] of viewers.entries()) await viewer.ask(announce(id("h"), id(`${index}`)));
  // Their stream belongs to one of the trackers.
  const draw = async (base: string) =>
    (await (await fetch(`${base}live/swarm?stream=news`)).json()) as SwarmPicture;
  for (const { base } of [one, other]) {
    await expect.poll(() => draw(base), { timeout: 20_000 }).toMatchObject({ stream: "news", viewers: 3 });
    const { nodes, networks } = await draw(base);
    expect(new Set(nodes.map((node) => node.id)).size).toBe(3);
    expect(networks).toEqual([{ name: "the tracker's own machine", viewers: 3 }]);
  }
  for (const viewer of viewers) viewer.socket.terminate();
});
