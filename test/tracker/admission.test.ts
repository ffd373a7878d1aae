import { expect, test } from "vitest";
import { createTracker, OptionError, TRACKER_METRICS, type TrackerOptions } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";
import { keyFile, token } from "../support/tracker-tokens.js";
import { upgradeStatus as status } from "../support/upgrade-status.js";

async function listen(options: TrackerOptions) {
  const tracker = createTracker({ port: 0, ...options });
  const { url } = await tracker.listen();
  const refused = (reason: string) => metricValue(tracker, TRACKER_METRICS.refused, { reason });
  return { tracker, url, refused, [Symbol.asyncDispose]: () => tracker.close() };
}

test("a tracker that asks for no tokens listens on loopback only, unless it is told to be open", async () => {
  expect(() => createTracker({ host: "0.0.0.0" })).toThrow(OptionError);
  expect(() => createTracker({ host: "0.0.0.0" })).toThrow(/^open: 0\.0\.0\.0 is not a loopback address/);
  createTracker({ host: "0.0.0.0", open: true });
  createTracker({ host: "0.0.0.0", accessKeys: await keyFile() });
  createTracker({ host: "::1" });
  createTracker({ host: "localhost" });
});

test("keys that cannot be read or used are named", async () => {
  await expect(createTracker({ port: 0, accessKeys: "/nowhere.json" }).listen()).rejects.toThrow(
    /^accessKeys: \/nowhere\.json: ENOENT/,
  );
});

test("with keys a viewer needs a token, for its stream, that has not expired", async () => {
  await using server = await listen({ accessKeys: await keyFile() });
  const { url } = server;
  expect(await status(`${url}?stream=news`)).toBe(401);
  expect(await status(`${url}?stream=news&token=nonsense`)).toBe(401);
  expect(await status(`${url}?stream=news&token=${await token({ expiresInS: -60 })}`)).toBe(401);
  expect(await status(`${url}?stream=sport&token=${await token()}`)).toBe(403);
  expect(await server.refused("token")).toBe(4);
  expect(await status(`${url}?token=${await token()}`)).toBe(400);
  expect(await status(`${url}?stream=news&token=${await token()}`)).toBe(101);
});

test("viewers of different streams never meet, even where they know the other's info_hash", async () => {
  await using server = await listen({ accessKeys: await keyFile() });
  await using news = await RawClient.connect(`${server.url}?stream=news&token=${await token()}`);
  const stranger = await token({ stream: "sport" });
  await using sport = await RawClient.connect(`${server.url}?stream=sport&token=${stranger}`);
  await news.ask(announce(id("s"), id("n")));
  expect(await sport.ask(announce(id("s"), id("x"), { offers: [offer(id("1"))] }))).toMatchObject({
    incomplete: 1,
  });
  expect(await metricValue(server.tracker, TRACKER_METRICS.offers)).toBe(0);
});

test("a viewer takes its own peer over with a new connection, and nobody else can", async () => {
  await using server = await listen({ accessKeys: await keyFile() });
  const connect = async (session: string) =>
    await RawClient.connect(`${server.url}?stream=news&token=${await token({ session })}`);
  await using before = await connect("alice");
  await using eve = await connect("eve");
  await using after = await connect("alice");
  await using bob = await connect("bob");
  await before.ask(announce(id("s"), id("a")));
  expect(await eve.ask(announce(id("s"), id("a")))).toHaveProperty("failure reason");
  expect(await after.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });

  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  expect(await after.next()).toMatchObject({ offer_id: id("1") });
  // What the old connection still says, and its end, do not touch the new one.
  expect(await before.ask(answer(id("s"), id("a"), id("b"), id("1")))).toHaveProperty("failure reason");
  await before[Symbol.asyncDispose]();
  expect(await bob.countPeers(id("s"))).toBe(2);
});

test("only pages of allowed origins get in", async () => {
  await using server = await listen({ allowedOrigins: ["https://tv.example"] });
  expect(await status(server.url, { Origin: "https://evil.example" })).toBe(403);
  expect(await status(server.url, { Origin: "https://tv.example.evil.example" })).toBe(403);
  expect(await status(server.url, { Origin: "null" })).toBe(403);
  expect(await server.refused("origin")).toBe(3);
  expect(await status(server.url, { Origin: "https://tv.example" })).toBe(101);
});

test("only streams that are served get in", async () => {
  await using server = await listen({ streams: ["news", "sport"] });
  expect(await status(server.url)).toBe(400);
  expect(await status(`${server.url}?stream=%2e%2e`)).toBe(400);
  expect(await status(`${server.url}?stream=films`)).toBe(403);
  expect(await server.refused("stream")).toBe(3);
  expect(await status(`${server.url}?stream=news`)).toBe(101);
});

test("an address has a bounded number of connections", async () => {
  await using server = await listen({ maxSocketsPerAddress: 2 });
  const [one, two] = await Promise.all([RawClient.connect(server.url), RawClient.connect(server.url)]);
  expect(await status(server.url)).toBe(429);
  expect(await server.refused("too_many_sockets_of_address")).toBe(1);
  await using elsewhere = await RawClient.connect(server.url, { localAddress: "127.0.0.2" });
  expect(elsewhere.socket.readyState).toBe(1);
  await one[Symbol.asyncDispose]();
  await expect.poll(() => status(server.url)).toBe(101);
  await two[Symbol.asyncDispose]();
});

test("X-Forwarded-For counts from the right, as far as proxies are trusted", async () => {
  const maxSocketsPerAddress = 1;
  await using untrusting = await listen({ maxSocketsPerAddress });
  await using _first = await RawClient.connect(untrusting.url, {
    headers: { "X-Forwarded-For": "81.2.69.1" },
  });
  expect(await status(untrusting.url, { "X-Forwarded-For": "81.2.69.2" })).toBe(429);

  await using server = await listen({ maxSocketsPerAddress, trustedProxies: ["loopback", "10.0.0.0/8"] });
  const via = (forwarded: string) => status(server.url, { "X-Forwarded-For": forwarded });
  await using _viewer = await RawClient.connect(server.url, { headers: { "X-Forwarded-For": "81.2.69.1" } });
  expect(await via("81.2.69.1")).toBe(429);
  // What the client itself has written does not make it somebody else.
  expect(await via("8.8.8.8, 81.2.69.1")).toBe(429);
  expect(await via("8.8.8.8, 81.2.69.1, 10.1.2.3")).toBe(429);
  expect(await via("81.2.69.1:4711")).toBe(429);
  expect(await via("nonsense, 81.2.69.1")).toBe(429);
  expect(await via("81.2.69.1, 81.2.69.2")).toBe(101);
});

test("messages that come too fast are refused, and end the connection in the end", async () => {
  await using server = await listen({ messagesPerSecond: 1, messageBurst: 5, maxBadFrames: 3 });
  await using client = await RawClient.connect(server.url);
  for (let count = 0; count < 12; count++) client.send(announce(id("s"), id("a")));
  expect(await client.closed).toBe(1008);
  expect(await server.refused("too_fast")).toBe(3);
});

test("a peer announces at a bounded rate, and stays in its swarm when it is faster", async () => {
  let nowMs = 0;
  await using server = await listen({ announcesPerMinute: 60, announceBurst: 2, now: () => nowMs });
  await using client = await RawClient.connect(server.url);
  await client.ask(announce(id("s"), id("a")));
  await client.ask(announce(id("s"), id("a")));
  expect((await client.ask(announce(id("s"), id("a"))))["failure reason"]).toMatch(/far more often/);
  expect(await client.ask(announce(id("t"), id("a")))).toMatchObject({ incomplete: 1 });
  nowMs = 1000;
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
  expect(await server.refused("too_many_announces")).toBe(1);
});

test("an address is shown to a bounded number of viewers within an hour", async () => {
  let nowMs = 0;
  await using server = await listen({
    exposurePerHour: 2,
    now: () => nowMs,
    trustedProxies: ["loopback"],
    peerTtlMs: 2 ** 31 - 1,
  });
  const from = (address: string) =>
    RawClient.connect(server.url, { headers: { "X-Forwarded-For": address } });
  const offers = () => metricValue(server.tracker, TRACKER_METRICS.offers);
  await using victim = await from("81.2.69.1");
  await victim.ask(announce(id("s"), id("v")));
  for (const [index, letter] of ["a", "b", "c"].entries()) {
    await using other = await from(`82.2.${index}.1`);
    await other.ask(announce(id("s"), id(letter), { offers: [offer(id("1"))] }));
    expect(await offers()).toBe(Math.min(index + 1, 2));
  }
  nowMs = 3_600_000;
  await using later = await from("83.2.0.1");
  await later.ask(announce(id("s"), id("l"), { offers: [offer(id("1"))] }));
  expect(await offers()).toBe(3);
});
