import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createTracker, OptionError, TRACKER_METRICS } from "../../tracker/index.js";
import { announce, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

test("close() says 1001 to all clients, is idempotent and frees the port", async () => {
  const tracker = createTracker({ port: 0 });
  const { url, port } = await tracker.listen();
  const clients = await Promise.all([RawClient.connect(url), RawClient.connect(url)]);
  await Promise.all([tracker.close(), tracker.close()]);
  await tracker.close();
  expect(await Promise.all(clients.map((client) => client.closed))).toEqual([1001, 1001]);

  await using next = createTracker({ port });
  expect((await next.listen()).port).toBe(port);
});

test("a tracker that stops says so at /readyz first, and serves on until load balancers have noticed", async () => {
  const tracker = createTracker({ port: 0, drainMs: 300 });
  const { url, port } = await tracker.listen();
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
  expect(await ready()).toBe(200);
  const closed = tracker.close();
  expect(await ready()).toBe(503);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  const late = await RawClient.connect(url);
  expect(await late.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
  await closed;
  expect(await late.closed).toBe(1001);
});

test("close() does not wait for ever for clients that do not leave", async () => {
  const tracker = createTracker({ port: 0, closeTimeoutMs: 50 });
  const { url, port } = await tracker.listen();
  const mute = await RawClient.connect(url);
  mute.socket.pause();
  const idle = connect(port, "127.0.0.1");
  await once(idle, "connect");
  await tracker.close();
  idle.destroy();
  await mute[Symbol.asyncDispose]();
});

test("listen() twice is listening once, and not possible after close()", async () => {
  const tracker = createTracker({ port: 0 });
  expect(await tracker.listen()).toEqual(await tracker.listen());
  await tracker.close();
  await expect(tracker.listen()).rejects.toThrow("closed");
});

test("close() without listen() is no error", async () => {
  await createTracker().close();
});

test("a port that is taken is named", async () => {
  await using first = createTracker({ port: 0 });
  const { port } = await first.listen();
  await using second = createTracker({ port });
  await expect(second.listen()).rejects.toThrow(
    new OptionError(`port: ${port} is already in use on 127.0.0.1`),
  );
});

test("wrong options are refused by name", () => {
  expect(() => createTracker({ port: 99_999 })).toThrow(new OptionError("port: expected 0-65535, got 99999"));
  expect(() => createTracker({ maxBadFrames: Number.NaN })).toThrow(/^maxBadFrames: expected 1-/);
  expect(() => createTracker({ host: "" })).toThrow(/^host: expected text/);
  expect(() => createTracker({ port: 0, ...{ prot: 1 } })).toThrow(/^prot: not an option/);
});

test("a connection that ends takes its peers along, and a swarm without peers is deleted", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const client = await RawClient.connect(url);
  await client.ask(announce(id("s"), id("a")));
  await client.ask(announce(id("t"), id("b")));
  await client.ask(announce(id("t"), id("b"), { event: "stopped" }));
  expect(await metricValue(tracker, TRACKER_METRICS.swarms)).toBe(1);
  await client[Symbol.asyncDispose]();
  await expect.poll(() => metricValue(tracker, TRACKER_METRICS.swarms)).toBe(0);
  expect(await metricValue(tracker, TRACKER_METRICS.peers)).toBe(0);
  expect(await metricValue(tracker, TRACKER_METRICS.sockets)).toBe(0);
});

test("a scrape of a swarm that the connection is not in is refused, and makes none", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  const reply = await client.ask({ action: "scrape", info_hash: id("s") });
  expect(reply["failure reason"]).toMatch(/^info_hash: expected swarms that this connection is in/);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "not_a_member" })).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.swarms)).toBe(0);
});

test("a connection that does not answer pings is cut, one that does stays", async () => {
  await using tracker = createTracker({ port: 0, heartbeatIntervalMs: 50 });
  const { url } = await tracker.listen();
  await using lively = await RawClient.connect(url);
  await using silent = await RawClient.connect(url, { autoPong: false });
  expect(await silent.closed).toBe(1006);
  expect(await lively.ask(announce(id("s"), id("l")))).toMatchObject({ incomplete: 1 });
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "idle" })).toBe(1);
});

test("a peer that does not announce any more leaves while its connection stays", async () => {
  let nowMs = 0;
  await using tracker = createTracker({
    port: 0,
    heartbeatIntervalMs: 50,
    peerTtlMs: 1000,
    now: () => nowMs,
  });
  await using client = await RawClient.connect((await tracker.listen()).url);
  await client.ask(announce(id("s"), id("a")));
  await client.ask(announce(id("t"), id("a")));
  nowMs = 900;
  await client.ask(announce(id("t"), id("a")));
  nowMs = 1000;
  await once(client.socket, "ping");
  expect(await client.countPeers(id("t"))).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.peers)).toBe(1);
  // It comes back with its next announce.
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

test("a connection that does not read is cut before it fills the memory", async () => {
  await using tracker = createTracker({
    port: 0,
    maxUnsentBytes: 1024,
    announceBurst: 5000,
    messageBurst: 5000,
  });
  const { url } = await tracker.listen();
  const deaf = await RawClient.connect(url);
  await using sender = await RawClient.connect(url);
  await deaf.ask(announce(id("s"), id("d")));
  deaf.socket.pause();
  const offers = [offer(id("1"), "v".repeat(16_000))];
  let incomplete = 2;
  for (let sent = 0; sent < 5000 && incomplete === 2; sent++) {
    ({ incomplete = 0 } = await sender.ask(announce(id("s"), id("a"), { offers })));
  }
  expect(incomplete).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "slow_reader" })).toBe(1);
  await deaf[Symbol.asyncDispose]();
});

test.each(["/", "/announce/", "/socket", "//announce"])(
  "a WebSocket for %s is refused with 404",
  async (path) => {
    await using tracker = createTracker({ port: 0 });
    const { port } = await tracker.listen();
    const { status, body } = await upgrade(port, path);
    expect(status).toBe(404);
    expect(body).toContain("/announce");
    expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "wrong_path" })).toBe(1);
  },
);

test("the announce URL may have a query", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect(`${(await tracker.listen()).url}?token=x`);
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

test("a full tracker refuses further connections with 503 until one leaves", async () => {
  await using tracker = createTracker({ port: 0, maxSockets: 1 });
  const { url, port } = await tracker.listen();
  const first = await RawClient.connect(url);
  expect((await upgrade(port, "/announce")).status).toBe(503);
  await first[Symbol.asyncDispose]();
  await expect.poll(() => metricValue(tracker, TRACKER_METRICS.sockets)).toBe(0);
  await using second = await RawClient.connect(url);
  expect(await second.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

/** Asks for a WebSocket that is going to be refused. */
async function upgrade(port: number, path: string): Promise<{ status: number | undefined; body: string }> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const asked = request({ host: "127.0.0.1", port, path, headers }).end();
  const [response] = await once(asked, "response");
  return { status: response.statusCode, body: (await response.toArray()).join("") };
}
