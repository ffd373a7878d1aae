import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TRACKER_METRICS } from "../../../tracker/index.js";
import { Redis } from "../../support/redis.js";
import { announce, answer, id, offer } from "../../support/tracker-messages.js";
import { ADMIN, startNode, startNodes } from "../../support/tracker-nodes.js";
import { RawClient } from "../../support/tracker-raw-client.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";
import { keyFile, token } from "../../support/tracker-tokens.js";
import { upgradeStatus } from "../../support/upgrade-status.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What `npm run build` made of tracker/cli.ts. */
const CLI = fileURLToPath(new URL("../../../dist/tracker/cli.js", import.meta.url));

/** Whether an offer of a newcomer at `from` reaches somebody, and the answer comes back. */
async function meets(from: RawClient, self: string, others: Map<string, RawClient>): Promise<string> {
  const offerId = id(String.fromCharCode(65 + Math.floor(Math.random() * 26)));
  const { incomplete } = await from.ask(announce(id("s"), self, { offers: [offer(offerId)] }));
  expect(incomplete).toBe(others.size + 1);
  const [met, asked] = await Promise.race(
    Array.from(others, async ([other, client]) => [other, await client.next()] as const),
  );
  expect(asked).toMatchObject({ peer_id: self, offer_id: offerId });
  others.get(met)?.send(answer(id("s"), met, self, offerId));
  expect(await from.next()).toMatchObject({ peer_id: met, offer_id: offerId, answer: { type: "answer" } });
  return met;
}

describe("several nodes with one Redis", () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await Redis.start();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  test("peers whose sockets are at three nodes are in one swarm", async () => {
    await using nodes = await startNodes(redis.url, 3);
    const [a, b, c] = await Promise.all(nodes.map(({ url }) => RawClient.connect(url)));
    if (a === undefined || b === undefined || c === undefined) throw new Error("unreachable");
    await a.ask(announce(id("s"), id("a")));
    await meets(b, id("b"), new Map([[id("a"), a]]));
    expect(await c.ask(announce(id("s"), id("c")))).toMatchObject({ incomplete: 3 });
    // Ownership holds across nodes, too.
    expect(await c.ask(announce(id("s"), id("c"), { event: "stopped" }))).toHaveProperty("incomplete");
    expect(await c.ask(announce(id("s"), id("a")))).toHaveProperty("failure reason");
    await b[Symbol.asyncDispose]();
    await expect.poll(async () => (await a.ask(announce(id("s"), id("a")))).incomplete).toBe(1);
    const peers = await Promise.all(nodes.map(({ value }) => value(TRACKER_METRICS.peers)));
    expect(peers.reduce((sum, count) => sum + count)).toBe(1);
  });

  test("whoever joins is sent to the node that its stream belongs to, whichever node is asked", async () => {
    await using nodes = await startNodes(redis.url, 3);
    const streams = Array.from({ length: 30 }, (_, number) => `stream-${number}`);
    const first = new Set<string>();
    for (const stream of streams) {
      const told = await Promise.all(
        nodes.map(async ({ joined }) => (await joined(stream)).announce[0] ?? ""),
      );
      expect(new Set(told).size).toBe(1);
      for (const url of told) first.add(new URL(url).port);
    }
    expect(first.size).toBe(3);
    for (const node of nodes)
      await expect.poll(async () => (await node.joined("stream-1", "session-2")).policy.viewers).toBe(2);
  });

  test("a policy reaches all nodes, and those that start later", async () => {
    await using nodes = await startNodes(redis.url, 2);
    await fetch(new URL("/policy/elections", nodes[0]?.base), {
      method: "PUT",
      headers: { Authorization: `Bearer ${ADMIN}` },
      body: JSON.stringify({ p2p: false }),
    });
    await expect.poll(async () => (await nodes[1]?.joined("elections"))?.policy.cohort).toBe("off");
    await using later = await startNode(redis.url);
    await expect.poll(async () => (await later.joined("elections")).policy.cohort).toBe("off");
    expect((await later.joined("news")).policy.cohort).toBe("p2p");
  });

  test("a peer in quarantine is so at all nodes", async () => {
    await using nodes = await startNodes(redis.url, 2);
    const peer = "-NC1S-polluter000001".slice(0, 20);
    const integrity = { failures: 1, peers: [{ peer, segments: 1 }] };
    for (const number of [1, 2, 3]) {
      const base = nodes[0]?.base ?? "";
      await postReport(base, reportOf(`session-${number}`, { integrity }), `81.2.${number}.1`);
    }
    await expect.poll(async () => (await nodes[1]?.joined("news"))?.blockedPeers).toEqual([peer]);
  });

  test("a polluter is known by its access token at all nodes, whichever it was at", async () => {
    const accessKeys = await keyFile();
    await using nodes = await startNodes(redis.url, 3, { accessKeys });
    const [home, other, third] = nodes;
    if (home === undefined || other === undefined || third === undefined) throw new Error("unreachable");
    await using eve = await RawClient.connect(`${home.url}${await eves()}`);
    await eve.ask(announce(id("s"), id("p")));
    await complainOf(id("p"), other.base);
    for (const { url } of [home, other, third])
      await expect.poll(async () => await upgradeStatus(`${url}${await eves()}`)).toBe(403);
  });

  test("whoever is in quarantine is so at nodes that start later, too", async () => {
    const accessKeys = await keyFile();
    await using nodes = await startNodes(redis.url, 2, { accessKeys });
    const [home, other] = nodes;
    if (home === undefined || other === undefined) throw new Error("unreachable");
    await using eve = await RawClient.connect(`${home.url}${await eves()}`);
    await eve.ask(announce(id("s"), id("p")));
    await complainOf(id("p"), home.base);
    await expect.poll(async () => await upgradeStatus(`${other.url}${await eves()}`)).toBe(403);
    // Those that come later hear it from whoever is there, not from the one that has found it out.
    await home.tracker.close();
    await using later = await startNode(redis.url, { accessKeys });
    await expect
      .poll(async () => await upgradeStatus(`${later.url}${await eves()}`), { timeout: 8000 })
      .toBe(403);
    const asked = await fetch(new URL("/join?stream=news", later.base), {
      headers: { Authorization: `Bearer ${await token({ session: "bob-session" })}` },
    });
    expect(await asked.json()).toMatchObject({ blockedPeers: [id("p")] });
  });

  test("clients that do not name their stream are in one swarm with those that do", async () => {
    await using nodes = await startNodes(redis.url, 3);
    // Some of these swarms belong to other nodes than their stream does.
    const swarms = Array.from({ length: 6 }, (_, number) => id(String.fromCharCode(97 + number)));
    const [first, , last] = nodes;
    if (first === undefined || last === undefined) throw new Error("unreachable");
    await using stock = await RawClient.connect(first.url);
    await using player = await RawClient.connect(`${last.url}?stream=sport`);
    for (const swarm of swarms) {
      await stock.ask(announce(swarm, id("1")));
      await player.ask(announce(swarm, id("2")));
      await expect.poll(async () => (await stock.ask(announce(swarm, id("1")))).incomplete).toBe(2);
      expect(await player.ask(announce(swarm, id("2")))).toMatchObject({ incomplete: 2 });
    }
    const peers = await Promise.all(nodes.map(({ value }) => value(TRACKER_METRICS.peers)));
    expect(peers.filter((count) => count > 0)).toEqual([2 * swarms.length]);
  });

  test("a node that is killed takes nothing but its own sockets along", async () => {
    // What is left of it must not be seen by the other tests.
    await using redis = await Redis.start();
    await using nodes = await startNodes(redis.url, 2);
    const victim = spawn(
      process.execPath,
      [CLI, "--port", "0", "--redis", redis.url, "--node-heartbeat-ms", "100"],
      {
        stdio: ["ignore", "pipe", "ignore"],
        env: {},
      },
    );
    const [line] = await once(victim.stdout, "data");
    const url = /ws:\/\/\S+\/announce/.exec(String(line))?.[0] ?? "";
    await Promise.all(
      nodes.map((node) => expect.poll(() => node.value(TRACKER_METRICS.nodes), { timeout: 8000 }).toBe(3)),
    );
    const [one, other] = await Promise.all(nodes.map((node) => RawClient.connect(node.url)));
    const lost = await RawClient.connect(url);
    if (one === undefined || other === undefined) throw new Error("unreachable");
    // Swarms of all three nodes.
    const swarms = Array.from({ length: 12 }, (_, number) => id(String.fromCharCode(97 + number)));
    for (const swarm of swarms) {
      for (const [client, letter] of [
        [one, "1"],
        [other, "2"],
        [lost, "3"],
      ] as const)
        await client.ask(announce(swarm, id(letter)));
    }
    victim.kill("SIGKILL");
    expect(await lost.closed).toBe(1006);
    await Promise.all(
      nodes.map((node) => expect.poll(() => node.value(TRACKER_METRICS.nodes), { timeout: 10_000 }).toBe(2)),
    );
    for (const swarm of swarms) {
      await expect
        .poll(async () => {
          await one.ask(announce(swarm, id("1")));
          return (await other.ask(announce(swarm, id("2")))).incomplete;
        })
        .toBe(2);
    }
  });

  test("a node that is stopped hands its viewers over first", async () => {
    await using nodes = await startNodes(redis.url, 2);
    const [staying, leaving] = nodes;
    if (staying === undefined || leaving === undefined) throw new Error("unreachable");
    const client = await RawClient.connect(leaving.url);
    await client.ask(announce(id("s"), id("a")));
    await leaving.tracker.close();
    expect(await client.closed).toBe(1001);
    await expect.poll(() => staying.value(TRACKER_METRICS.nodes), { timeout: 8000 }).toBe(1);
    for (let stream = 0; stream < 10; stream++) {
      const [url = ""] = (await staying.joined(`stream-${stream}`)).announce;
      expect(new URL(url).port).toBe(String(staying.port));
    }
    await using back = await RawClient.connect(staying.url);
    expect(await back.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
  });
});

test("with Redis away each node serves its own viewers and says so; when Redis is back they find each other again", {
  timeout: 30_000,
}, async () => {
  await using redis = await Redis.start();
  await using nodes = await startNodes(redis.url, 2);
  const [one, other] = nodes;
  if (one === undefined || other === undefined) throw new Error("unreachable");
  await using a = await RawClient.connect(one.url);
  await using b = await RawClient.connect(other.url);
  await using b2 = await RawClient.connect(other.url);
  await a.ask(announce(id("s"), id("a")));
  expect(await b.ask(announce(id("s"), id("b")))).toMatchObject({ incomplete: 2 });
  expect(await one.ready()).toEqual({ status: "ready", redis: "up" });

  await redis.kill();
  await expect.poll(() => one.ready(), { timeout: 8000 }).toEqual({ status: "ready", redis: "away" });
  await expect.poll(() => other.value(TRACKER_METRICS.redisUp), { timeout: 8000 }).toBe(0);
  await b.ask(announce(id("s"), id("b")));
  await expect.poll(async () => (await b2.ask(announce(id("s"), id("c")))).incomplete).toBe(2);

  await redis.start();
  await Promise.all(
    nodes.map((node) => expect.poll(() => node.value(TRACKER_METRICS.nodes), { timeout: 10_000 }).toBe(2)),
  );
  await expect
    .poll(async () => {
      const replies = [
        await a.ask(announce(id("s"), id("a"))),
        await b.ask(announce(id("s"), id("b"))),
        await b2.ask(announce(id("s"), id("c"))),
      ];
      return replies.map(({ incomplete }) => incomplete).at(-1);
    })
    .toBe(3);
});

test("a node starts without Redis, and is alone until it comes", async () => {
  await using node = await startNode("redis://127.0.0.1:1");
  expect(await node.ready()).toEqual({ status: "ready", redis: "away" });
  await using client = await RawClient.connect(node.url);
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

async function eves(): Promise<string> {
  return `?stream=news&token=${await token({ session: "eve-session" })}`;
}

/** Three viewers, each with a session and an address of its own, have got wrong bytes from it. */
async function complainOf(peer: string, base: string): Promise<void> {
  const integrity = { failures: 1, peers: [{ peer, segments: 1 }] };
  for (const number of [1, 2, 3]) {
    const session = `session-${number}`;
    const report = reportOf(session, { integrity });
    await postReport(base, report, `81.2.${number}.1`, await token({ session }));
  }
}
