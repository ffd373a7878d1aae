import { expect, test } from "vitest";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

test("a peer cannot stop another peer's announce", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using victim = await RawClient.connect(url);
  await using attacker = await RawClient.connect(url);
  await victim.ask(announce(id("s"), id("v")));

  const reply = await attacker.ask(announce(id("s"), id("v"), { event: "stopped" }));
  expect(reply).toMatchObject({ action: "announce", info_hash: id("s") });
  expect(reply["failure reason"]).toMatch(/^peer_id: /);
  expect(await metricValue(tracker, TRACKER_METRICS.peers)).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "not_owner" })).toBe(1);
});

test("a peer id cannot be taken over, nor removed by the end of a connection that tried", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using victim = await RawClient.connect(url);
  await using bystander = await RawClient.connect(url);
  const attacker = await RawClient.connect(url);
  await victim.ask(announce(id("s"), id("v")));
  expect(await attacker.ask(announce(id("s"), id("v"), { event: "started" }))).toHaveProperty(
    "failure reason",
  );
  await attacker[Symbol.asyncDispose]();
  await expect.poll(() => metricValue(tracker, TRACKER_METRICS.sockets)).toBe(2);

  await bystander.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  expect(await victim.next()).toMatchObject({ offer_id: id("1") });
});

test("a peer id that its owner gave up is free for others", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const before = await RawClient.connect(url);
  await using after = await RawClient.connect(url);
  await before.ask(announce(id("s"), id("a")));
  await before.ask(announce(id("s"), id("a"), { event: "stopped" }));
  expect(await after.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
  // The first owner's end must not remove the second one's peer.
  await before[Symbol.asyncDispose]();
  await expect.poll(() => metricValue(tracker, TRACKER_METRICS.sockets)).toBe(1);
  expect(await after.countPeers(id("s"))).toBe(1);
});

test("a connection has one peer id in a swarm", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  await client.ask(announce(id("s"), id("a")));
  expect(await client.ask(announce(id("s"), id("b")))).toHaveProperty("failure reason");
  expect(await client.countPeers(id("s"))).toBe(1);
});

test("a connection is in a bounded number of swarms, and may change them", async () => {
  await using tracker = createTracker({ port: 0, maxSwarmsPerSocket: 2 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  await client.ask(announce(id("s"), id("a")));
  await client.ask(announce(id("t"), id("a")));
  const refused = await client.ask(announce(id("u"), id("a")));
  expect(refused["failure reason"]).toMatch(/at most 2 swarms/);
  expect(await metricValue(tracker, TRACKER_METRICS.swarms)).toBe(2);

  await client.ask(announce(id("s"), id("a"), { event: "stopped" }));
  expect(await client.ask(announce(id("u"), id("a")))).toMatchObject({ incomplete: 1 });
});

test("an answer passes only to an offer, once, and only from the peer that got it", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await using eve = await RawClient.connect(url);
  await alice.ask(announce(id("s"), id("a")));
  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  await eve.ask(announce(id("s"), id("e")));
  await alice.next();

  eve.send(answer(id("s"), id("e"), id("b"), id("1")));
  expect(await eve.ask(answer(id("s"), id("a"), id("b"), id("1")))).toHaveProperty("failure reason");
  alice.send(answer(id("s"), id("a"), id("b"), id("2")));
  alice.send(answer(id("s"), id("a"), id("b"), id("1")));
  alice.send(answer(id("s"), id("a"), id("b"), id("1")));
  await alice.countPeers(id("s"));

  expect(await bob.next()).toMatchObject({ peer_id: id("a"), offer_id: id("1") });
  expect(await bob.countPeers(id("s"))).toBe(3);
  expect(await metricValue(tracker, TRACKER_METRICS.answers)).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "unexpected_answer" })).toBe(3);
});

test("an answer to a peer that has left is dropped", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await alice.ask(announce(id("s"), id("a")));
  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  await bob.ask(announce(id("s"), id("b"), { event: "stopped" }));
  await alice.next();
  alice.send(answer(id("s"), id("a"), id("b"), id("1")));
  expect(await alice.countPeers(id("s"))).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "unexpected_answer" })).toBe(1);
});

test("the offers of a leaving peer are not relayed", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await alice.ask(announce(id("s"), id("a")));
  await bob.ask(announce(id("s"), id("b")));
  await bob.ask(announce(id("s"), id("b"), { event: "stopped", offers: [offer(id("1"))] }));
  expect(await alice.countPeers(id("s"))).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.offers)).toBe(0);
});
