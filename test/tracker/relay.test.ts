import { expect, test } from "vitest";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

test("an offer reaches another peer of the swarm and its answer comes back", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await alice.ask(announce(id("s"), id("a"), { event: "started" }));

  await bob.ask(announce(id("s"), id("b"), { event: "started", offers: [offer(id("1"))] }));
  expect(await alice.next()).toEqual({
    action: "announce",
    info_hash: id("s"),
    peer_id: id("b"),
    offer_id: id("1"),
    offer: { type: "offer", sdp: "v=0 offer" },
  });

  alice.send(answer(id("s"), id("a"), id("b"), id("1")));
  expect(await bob.next()).toEqual({
    action: "announce",
    info_hash: id("s"),
    peer_id: id("a"),
    offer_id: id("1"),
    answer: { type: "answer", sdp: "v=0 answer" },
  });
});

test("ids may hold any byte", async () => {
  const bytes = String.fromCharCode(...Array.from({ length: 20 }, (_, index) => (index * 13 + 128) % 256));
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  expect(await alice.ask(announce(bytes, bytes))).toMatchObject({ info_hash: bytes, incomplete: 1 });
  await bob.ask(announce(bytes, id("b"), { offers: [offer(bytes)] }));
  expect(await alice.next()).toMatchObject({ offer_id: bytes, info_hash: bytes });
});

test("each offer of an announce goes to a different peer, and none to the sender", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const letters = ["a", "b", "c", "d"];
  const clients = await Promise.all(letters.map(() => RawClient.connect(url)));
  for (const [index, client] of clients.entries())
    await client.ask(announce(id("s"), id(letters[index] ?? "")));

  await using sender = await RawClient.connect(url);
  const offers = ["1", "2", "3", "4", "5", "6"].map((letter) => offer(id(letter)));
  expect(await sender.ask(announce(id("s"), id("z"), { offers }))).toMatchObject({ incomplete: 5 });
  const relayed = await Promise.all(clients.map((client) => client.next()));
  expect(new Set(relayed.map((message) => message.offer_id)).size).toBe(4);
  expect(await sender.countPeers(id("s"))).toBe(5);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test("one connection is in several swarms with another peer id in each, and leaves them all at its end", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using observer = await RawClient.connect(url);
  const page = await RawClient.connect(url);
  await page.ask(announce(id("s"), id("a")));
  await page.ask(announce(id("t"), id("b")));
  await observer.ask(announce(id("t"), id("o"), { offers: [offer(id("1"))] }));
  expect(await page.next()).toMatchObject({ info_hash: id("t"), offer_id: id("1") });

  await page[Symbol.asyncDispose]();
  await expect.poll(() => metricValue(tracker, TRACKER_METRICS.peers)).toBe(1);
  expect(await observer.countPeers(id("t"))).toBe(1);
});

test("clients are told the announce interval in seconds", async () => {
  await using tracker = createTracker({ port: 0, announceIntervalMs: 7000 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ interval: 7 });
});

test("an announce without event joins, one with left 0 counts as complete", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  expect(await client.ask(announce(id("s"), id("a"), { left: null }))).toMatchObject({
    complete: 0,
    incomplete: 1,
  });
  expect(await client.ask(announce(id("s"), id("a"), { left: 0 }))).toMatchObject({
    complete: 1,
    incomplete: 0,
  });
  expect(await client.ask(announce(id("s"), id("a"), { event: "stopped" }))).toMatchObject({
    complete: 0,
    incomplete: 0,
  });
});

test("two first announces at once meet in one swarm", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await Promise.all([alice.ask(announce(id("s"), id("a"))), bob.ask(announce(id("s"), id("b")))]);
  expect(await alice.countPeers(id("s"))).toBe(2);
});

test("a swarm keeps more than the thousand peers that the stock swarm is limited to", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const clients = await Promise.all(Array.from({ length: 1100 }, () => RawClient.connect(url)));
  await Promise.all(
    clients.map((client, index) => client.ask(announce(id("s"), String(index).padStart(20, "-")))),
  );
  expect(await clients[0]?.countPeers(id("s"))).toBe(1100);
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
});
