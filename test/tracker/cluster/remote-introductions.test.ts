import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TRACKER_METRICS } from "../../../tracker/index.js";
import { Redis } from "../../support/redis.js";
import { announce, answer, id, offer } from "../../support/tracker-messages.js";
import { startNodes, type TrackerNode } from "../../support/tracker-nodes.js";
import { RawClient } from "../../support/tracker-raw-client.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let redis: Redis;
beforeAll(async () => {
  redis = await Redis.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

type Nodes = readonly TrackerNode[];
const swarm = id("s");

/** The nodes as the swarm sees them: first its home, then the two others. */
async function fromHome(nodes: Nodes): Promise<readonly [TrackerNode, TrackerNode, TrackerNode]> {
  const [first] = nodes;
  if (first === undefined) throw new Error("unreachable");
  await using probe = await RawClient.connect(first.url);
  await probe.ask(announce(swarm, id("p")));
  const peers = await Promise.all(nodes.map((node) => node.value(TRACKER_METRICS.peers)));
  const home = nodes[peers.indexOf(1)];
  await probe.ask(announce(swarm, id("p"), { event: "stopped" }));
  await expect.poll(() => home?.value(TRACKER_METRICS.peers)).toBe(0);
  return [home, ...nodes.filter((node) => node !== home)] as unknown as [
    TrackerNode,
    TrackerNode,
    TrackerNode,
  ];
}

async function total(nodes: Nodes, name: string, labels = {}): Promise<number> {
  const values = await Promise.all(nodes.map((node) => node.value(name, labels)));
  return values.reduce((sum, value) => sum + value);
}

test.each([
  ["both at the swarm's home", 0, 0],
  ["one at the home, which is asked by another", 0, 1],
  ["one at another node, which asks one at the home", 1, 0],
  ["both at the same other node", 1, 1],
  ["at two other nodes", 1, 2],
] as const)("peers meet and count once: %s", async (_where, answering, offering) => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  await using alice = await RawClient.connect(at[answering].url);
  await using bob = await RawClient.connect(at[offering].url);
  await alice.ask(announce(swarm, id("a")));

  const offers2 = [offer(id("1"), 'v=0\r\n \\u00e9 "é" €'), offer(id("2"))];
  expect(await bob.ask(announce(swarm, id("b"), { offers: offers2 }))).toMatchObject({ incomplete: 2 });
  expect(await alice.next()).toEqual({
    action: "announce",
    info_hash: swarm,
    peer_id: id("b"),
    offer_id: id("1"),
    offer: offers2[0]?.offer,
  });
  // The second of two answers is not passed on.
  alice.send(answer(swarm, id("a"), id("b"), id("1")));
  alice.send(answer(swarm, id("a"), id("b"), id("1")));
  expect(await bob.next()).toEqual({
    action: "announce",
    info_hash: swarm,
    peer_id: id("a"),
    offer_id: id("1"),
    answer: { type: "answer", sdp: "v=0 answer" },
  });
  await alice.ask(announce(swarm, id("a"), { offers: [offer(id("3"))] }));
  expect(await bob.next()).toMatchObject({ peer_id: id("a"), offer_id: id("3") });

  expect(await total(nodes, TRACKER_METRICS.offers)).toBe(2);
  expect(await total(nodes, TRACKER_METRICS.offersLeftOver)).toBe(1);
  expect(await total(nodes, TRACKER_METRICS.answers)).toBe(1);
});

test("a home that has most of those that it chooses gets offers with the announce, and everybody is still met once", async () => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  await using bob = await RawClient.connect(at[1].url);
  await using home = await RawClient.connect(at[0].url);
  await home.ask(announce(swarm, id("h")));
  await bob.ask(announce(swarm, id("b")));
  let offers = 0;
  const meetHome = async () => {
    offers += 1;
    const before = await at[1].value(TRACKER_METRICS.nodeMessages, { direction: "sent" });
    await bob.ask(announce(swarm, id("b"), { offers: [offer(id(String(offers % 10)))] }));
    expect(await home.next()).toMatchObject({ peer_id: id("b"), offer_id: id(String(offers % 10)) });
    return (await at[1].value(TRACKER_METRICS.nodeMessages, { direction: "sent" })) - before;
  };
  // The announce, and the offer once it is known whom it is for.
  expect(await meetHome()).toBe(2);
  await expect.poll(meetHome, { timeout: 20_000 }).toBe(1);

  await using third = await RawClient.connect(at[2].url);
  await using same = await RawClient.connect(at[1].url);
  await third.ask(announce(swarm, id("t")));
  await same.ask(announce(swarm, id("s")));
  const sent = [id("x"), id("y"), id("z")];
  expect(
    await bob.ask(announce(swarm, id("b"), { offers: sent.map((offerId) => offer(offerId)) })),
  ).toMatchObject({ incomplete: 4 });
  const got = await Promise.all([home, third, same].map((client) => client.next()));
  expect(got.map(({ offer_id }) => offer_id).sort()).toEqual(sent);
  for (const [index, client] of [home, third, same].entries()) {
    const peer = [id("h"), id("t"), id("s")][index] ?? "";
    client.send(answer(swarm, peer, id("b"), got[index]?.offer_id ?? ""));
    expect(await bob.next()).toMatchObject({ peer_id: peer, offer_id: got[index]?.offer_id });
  }
});

test("nobody speaks to a peer whose offer it was not given, whatever node it is at", async () => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  await using alice = await RawClient.connect(at[1].url);
  await using bob = await RawClient.connect(at[2].url);
  await alice.ask(announce(swarm, id("a")));
  await bob.ask(announce(swarm, id("b"), { offers: [offer(id("1"))] }));
  await alice.next();
  for (const { url } of at) {
    await using eve = await RawClient.connect(url);
    await eve.ask(announce(swarm, id("e")));
    eve.send(answer(swarm, id("e"), id("b"), id("1")));
    expect(await eve.ask(answer(swarm, id("a"), id("b"), id("1")))).toHaveProperty("failure reason");
    await eve.ask(announce(swarm, id("e"), { event: "stopped" }));
  }
  expect(await total(nodes, TRACKER_METRICS.refused, { reason: "unexpected_answer" })).toBe(3);
  alice.send(answer(swarm, id("a"), id("b"), id("2")));
  alice.send(answer(swarm, id("a"), id("b"), id("1")));
  expect(await bob.next()).toMatchObject({ peer_id: id("a"), offer_id: id("1") });
});

test("an answer to a peer that has left is dropped at the node where it was", async () => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  await using alice = await RawClient.connect(at[1].url);
  await using bob = await RawClient.connect(at[2].url);
  await alice.ask(announce(swarm, id("a")));
  await bob.ask(announce(swarm, id("b"), { offers: [offer(id("1"))] }));
  await alice.next();
  await bob.ask(announce(swarm, id("b"), { event: "stopped" }));
  alice.send(answer(swarm, id("a"), id("b"), id("1")));
  await expect.poll(() => at[2].value(TRACKER_METRICS.refused, { reason: "unexpected_answer" })).toBe(1);
  // The node has gone on, and so has whatever else it is told.
  await bob.ask(announce(swarm, id("c"), { offers: [offer(id("2"))] }));
  expect(await alice.next()).toMatchObject({ peer_id: id("c"), offer_id: id("2") });
});

test("private addresses pass between nodes to peers of the same public address, and to nobody else", async () => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  const candidate = "a=candidate:1 1 udp 1 192.168.1.7 9 typ host\r\n";
  const from = (node: TrackerNode, address: string) =>
    RawClient.connect(node.url, { headers: { "X-Forwarded-For": address } });
  await using near = await from(at[1], "81.2.69.142");
  await using far = await from(at[0], "81.2.70.1");
  await using sender = await from(at[2], "81.2.69.142");
  await near.ask(announce(swarm, id("n")));
  await far.ask(announce(swarm, id("f")));
  const offers = [id("1"), id("2")].map((offerId) => offer(offerId, `v=0\r\n${candidate}`));
  await sender.ask(announce(swarm, id("x"), { offers }));
  expect(await near.next()).toMatchObject({ offer: { sdp: `v=0\r\n${candidate}` } });
  const got = await far.next();
  expect(got).toMatchObject({ offer: { sdp: "v=0\r\n" } });
  // So do answers.
  for (const [client, peer, offerId] of [
    [near, id("n"), id("1")],
    [far, id("f"), got.offer_id ?? ""],
  ] as const) {
    const { answer: _, ...fields } = answer(swarm, peer, id("x"), offerId) as Record<string, unknown>;
    client.send({ ...fields, answer: { type: "answer", sdp: `v=0\r\n${candidate}` } });
    const isNear = client === near;
    expect(await sender.next()).toMatchObject({
      peer_id: peer,
      answer: { sdp: isNear ? `v=0\r\n${candidate}` : "v=0\r\n" },
    });
  }
});

test("a peer id that a connection at another node holds is refused, and the client is told", async () => {
  await using nodes = await startNodes(redis.url, 3);
  const at = await fromHome(nodes);
  await using alice = await RawClient.connect(at[1].url);
  await using eve = await RawClient.connect(at[2].url);
  await alice.ask(announce(swarm, id("a")));
  const reply = await eve.ask(announce(swarm, id("a"), { offers: [offer(id("1"))] }));
  expect(reply).toMatchObject({ info_hash: swarm, "failure reason": expect.stringMatching(/^peer_id: /) });
  expect(await alice.ask(announce(swarm, id("a")))).toMatchObject({ incomplete: 1 });
});
