import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { ORIGIN_METRICS } from "../../../origin/metrics/names.js";
import { ORIGIN_BYTES_METRIC, OriginEgress } from "../../../tracker/live/origin-egress.js";

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const sample = (stream: string, kind: string, status: number, bytes: number) =>
  `${ORIGIN_BYTES_METRIC}{stream="${stream}",kind="${kind}",status="${status}"} ${bytes}\n`;

/** An origin that says one page after the other. */
function saying(...pages: string[]): Promise<Awaited<ReturnType<typeof serve>>> {
  return serve((_, response) => response.end(pages.shift() ?? ""));
}

test("the name of the origin's counter is the origin's own", () => {
  expect(ORIGIN_BYTES_METRIC).toBe(ORIGIN_METRICS.responseBytes);
});

test("media that was delivered counts, by stream and over all origins; playlists and failures do not", async () => {
  const page = (bytes: number) =>
    sample("news", "segment", 200, bytes) +
    sample("news", "segment", 206, bytes) +
    sample("news", "init", 200, bytes) +
    sample("news", "segment", 404, 9 * bytes) +
    sample("news", "playlist", 200, 9 * bytes) +
    sample("unknown", "segment", 200, bytes) +
    sample("no name", "segment", 200, bytes);
  await using a = await saying(page(100), page(150));
  await using b = await saying(
    page(0) + sample("sport", "segment", 200, 7),
    page(10) + sample("sport", "segment", 200, 8),
  );
  const egress = new OriginEgress([a.url, b.url], { timeoutMs: 5_000 });
  expect(await egress.look()).toEqual({ state: "begun" });
  expect(await egress.look()).toEqual({
    state: "answering",
    bytes: new Map(Object.entries({ news: 180, sport: 1 })),
  });
});

test("an origin that counts anew takes nothing away", async () => {
  await using origin = await saying(
    sample("news", "segment", 200, 5_000),
    sample("news", "segment", 200, 1_000),
  );
  const egress = new OriginEgress([origin.url], { timeoutMs: 5_000 });
  await egress.look();
  expect(await egress.look()).toMatchObject({ bytes: new Map([["news", 1_000]]) });
});

test("after a failure the origin's count begins anew: nobody knows when the bytes in between were sent", async () => {
  await using origin = await saying(
    sample("news", "segment", 200, 1_000),
    "something_else 1\n",
    sample("news", "segment", 200, 9_000),
    sample("news", "segment", 200, 9_500),
  );
  const egress = new OriginEgress([origin.url], { timeoutMs: 5_000 });
  await egress.look();
  const because = `${origin.url} does not have the metrics of an origin`;
  expect(await egress.look()).toEqual({ state: "failing", because });
  expect(await egress.look()).toEqual({ state: "begun" });
  expect(await egress.look()).toMatchObject({ bytes: new Map([["news", 500]]) });
});

test.each<[string, RequestListener, string, number?]>([
  ["refuses", (_, response) => response.writeHead(403).end(), "answers 403"],
  ["never answers", () => {}, "answers too late", 100],
  [
    "stops in the middle",
    (_, response) => response.write("a", () => response.destroy()),
    "stops in the middle of its answer",
  ],
  ["never stops", (_, response) => response.end("#".repeat(9_000_000)), "answers more than 8388608 bytes"],
])("an origin that %s is said to", async (_, listener, because, timeoutMs = 10_000) => {
  await using origin = await serve(listener);
  const egress = new OriginEgress([origin.url], { timeoutMs });
  expect(await egress.look()).toEqual({ state: "failing", because: `${origin.url} ${because}` });
});

test("an origin that is not there is said not to be", async () => {
  const { url } = await saying().then(async (origin) => {
    await origin[Symbol.asyncDispose]();
    return origin;
  });
  const egress = new OriginEgress([url], { timeoutMs: 5_000 });
  expect(await egress.look()).toEqual({ state: "failing", because: `${url} cannot be reached` });
});
