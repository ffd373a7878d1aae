import { expect, test } from "vitest";
import { createTracker, REFUSAL_REASONS, TRACKER_METRICS } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";

test("/metrics tells what the tracker did", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url, port } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await alice.ask(announce(id("s"), id("a"), { event: "started" }));
  await alice.ask(announce(id("t"), id("a"), { event: "started" }));
  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1")), offer(id("2"))] }));
  const { offer_id = "" } = await alice.next();
  await alice.ask("nonsense");
  alice.send(answer(id("s"), id("a"), id("b"), offer_id));
  await bob.next();

  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  const lines = (await response.text()).split("\n");
  expect(lines).toContain(`${TRACKER_METRICS.sockets} 2`);
  expect(lines).toContain(`${TRACKER_METRICS.swarms} 2`);
  expect(lines).toContain(`${TRACKER_METRICS.peers} 3`);
  expect(lines).toContain(`${TRACKER_METRICS.announces}{event="started"} 2`);
  expect(lines).toContain(`${TRACKER_METRICS.announces}{event="update"} 1`);
  expect(lines).toContain(`${TRACKER_METRICS.offers} 1`);
  expect(lines).toContain(`${TRACKER_METRICS.offersLeftOver} 1`);
  expect(lines).toContain(`${TRACKER_METRICS.answers} 1`);
  expect(lines).toContain(`${TRACKER_METRICS.errors} 0`);
  for (const reason of REFUSAL_REASONS) {
    expect(lines).toContain(
      `${TRACKER_METRICS.refused}{reason="${reason}"} ${reason === "not_json" ? 1 : 0}`,
    );
  }
  expect(lines.some((line) => line.startsWith("nodejs_eventloop_lag_p99_seconds "))).toBe(true);
});

test("two trackers of one process count apart", async () => {
  await using busy = createTracker({ port: 0 });
  await using idle = createTracker({ port: 0 });
  await using client = await RawClient.connect((await busy.listen()).url);
  await client.ask(announce(id("s"), id("a")));
  expect(await busy.metrics.metrics()).toContain(`${TRACKER_METRICS.peers} 1\n`);
  expect(await idle.metrics.metrics()).toContain(`${TRACKER_METRICS.peers} 0\n`);
});

test("other paths", async () => {
  await using tracker = createTracker({ port: 0 });
  const { port } = await tracker.listen();
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect((await get("/announce")).status).toBe(426);
  expect((await get("/stats")).status).toBe(404);
});

test("a route can be added to the app", async () => {
  await using tracker = createTracker({ port: 0 });
  tracker.app.get("/mine", (_request, response) => {
    response.send("mine");
  });
  const { port } = await tracker.listen();
  expect(await (await fetch(`http://127.0.0.1:${port}/mine`)).text()).toBe("mine");
});
