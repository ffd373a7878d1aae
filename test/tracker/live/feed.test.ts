import { expect, test } from "vitest";
import { createOrigin, defaultStreams } from "../../../origin/index.js";
import { parseStreamName } from "../../../player/protocol/index.js";
import { createTracker, type TrackerOptions } from "../../../tracker/index.js";
import type { LiveMessage } from "../../../tracker/live/feed.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";

/** Rates are then the mean of three seconds. */
const FAST: TrackerOptions = { port: 0, reportIntervalS: 1 };

async function listen(options: TrackerOptions = {}) {
  const tracker = createTracker({ ...FAST, ...options });
  const { port } = await tracker.listen();
  return { base: `http://127.0.0.1:${port}/`, tracker, [Symbol.asyncDispose]: () => tracker.close() };
}

/** Follows the feed until a message is as wanted, and gives back all until then. */
async function follow(
  base: string,
  isWanted: (message: LiveMessage) => boolean,
  stream?: string,
): Promise<[LiveMessage, ...LiveMessage[]]> {
  const response = await fetch(`${base}live/events${stream === undefined ? "" : `?stream=${stream}`}`);
  const messages: LiveMessage[] = [];
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    const whole = text.split("\n\n");
    text = whole.pop() ?? "";
    messages.push(...whole.map((event) => JSON.parse(event.replace(/^data: /, "")) as LiveMessage));
    const last = messages.at(-1);
    if (last !== undefined && isWanted(last)) break;
  }
  const [first, ...others] = messages;
  if (first === undefined) throw new Error("the feed has ended");
  return [first, ...others];
}

const bytes = (fromPeers: number, fromOrigin: number) => ({
  fromPeers,
  fromOrigin,
  uploaded: 0,
  rejected: 0,
  wastedFromPeers: 0,
  wastedFromOrigin: 0,
  unverified: 0,
});

test.concurrent("a stream that nobody watches any more has no viewers, without a report that says so", async () => {
  await using server = await listen();
  await postReport(server.base, reportOf("session-1"));
  const [first, ...later] = await follow(server.base, ({ streams }) => streams[0]?.viewers === 0);
  expect(first.streams[0]).toMatchObject({ stream: "news", viewers: 1 });
  expect(later.at(-1)?.streams[0]?.lastReportAgoS).toBeGreaterThan(2);
});

test.concurrent("what players report stands beside what a real origin has sent", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  await using server = await listen({ originMetrics: [`${url}/metrics`] });
  const sample = parseStreamName("sample");
  await postReport(server.base, reportOf("session-1", { stream: sample, bytes: bytes(0, 0) }));
  await follow(server.base, ({ origin: { state } }) => state === "answering");
  const segment = await (await fetch(`${url}/hls/sample/180p/seg-000.m4s`)).arrayBuffer();
  await (await fetch(`${url}/hls/sample/180p/playlist.m3u8`)).text();
  const size = segment.byteLength;
  await postReport(
    server.base,
    reportOf("session-1", { sequence: 1, stream: sample, bytes: bytes(3 * size, size) }),
  );
  const messages = await follow(
    server.base,
    ({ streams }) => {
      const { originSent = 0, fromPeers = 0 } = streams[0]?.rates ?? {};
      return (originSent ?? 0) > 0 && fromPeers > 0;
    },
    "sample",
  );
  const rates = messages.at(-1)?.streams[0]?.rates;
  expect((rates?.originSent ?? 0) / (rates?.fromOrigin ?? 0)).toBeCloseTo(1, 6);
  expect((rates?.fromPeers ?? 0) / (rates?.fromOrigin ?? 1)).toBeCloseTo(3, 6);
});

test.concurrent("a tracker that closes ends its feeds, so that pages come back", async () => {
  await using server = await listen({ closeTimeoutMs: 60_000 });
  const response = await fetch(`${server.base}live/events`);
  await server.tracker.close();
  await expect(response.text()).resolves.toMatch(/^data: /);
});
