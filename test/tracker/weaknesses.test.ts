// What stock bittorrent-tracker 11 does, and what ours does instead: each attack runs against both.
import { describe, expect, test } from "vitest";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { startStockTracker } from "../support/stock-tracker.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

const S = id("s");

test("offers of null end the stock server's process; ours refuses them", async () => {
  const attack = announce(S, id("e"), { numwant: 5, offers: [null] });
  await using stock = await startStockTracker();
  await using victim = await RawClient.connect(stock.url);
  await victim.ask(announce(S, id("v"), { event: "started" }));
  await using eve = await RawClient.connect(stock.url);
  eve.send(attack);
  expect(await stock.exited).not.toBe(0);

  await using tracker = createTracker({ port: 0 });
  await using other = await RawClient.connect((await tracker.listen()).url);
  expect((await other.ask(attack))["failure reason"]).toMatch(/^offers\[0\]: /);
});

/** What the victim can still be offered after the attack. */
async function offersAfter(url: string, attack: (eve: RawClient) => Promise<unknown>) {
  await using victim = await RawClient.connect(url);
  await using eve = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await victim.ask(announce(S, id("v"), { event: "started" }));
  await attack(eve);
  const { incomplete } = await bob.ask(
    announce(S, id("b"), { event: "started", numwant: 1, offers: [offer(id("1"))] }),
  );
  return { incomplete };
}

describe("a peer that somebody else stops", () => {
  const attack = (eve: RawClient) => eve.ask(announce(S, id("v"), { event: "stopped" }));

  test("has left in stock, and stays in ours", async () => {
    await using stock = await startStockTracker();
    expect(await offersAfter(stock.url, attack)).toEqual({ incomplete: 1 });
    await using tracker = createTracker({ port: 0 });
    expect(await offersAfter((await tracker.listen()).url, attack)).toEqual({ incomplete: 2 });
  });
});

describe("a peer id that a second connection announces and leaves", () => {
  const attack = async (eve: RawClient) => {
    await eve.ask(announce(S, id("v"), { event: "started" }));
    await eve.ask(announce(S, id("v"), { event: "stopped" }));
  };

  test("has left in stock, and stays in ours", async () => {
    await using stock = await startStockTracker();
    expect(await offersAfter(stock.url, attack)).toEqual({ incomplete: 1 });
    await using tracker = createTracker({ port: 0 });
    expect(await offersAfter((await tracker.listen()).url, attack)).toEqual({ incomplete: 2 });
  });
});

describe("many peer ids on one connection", () => {
  async function swarmAfter(url: string): Promise<number | undefined> {
    const eve = await RawClient.connect(url);
    for (let number = 0; number < 50; number++) {
      await eve.ask(announce(S, String(number).padStart(20, "-"), { event: "started" }));
    }
    await eve[Symbol.asyncDispose]();
    await using bob = await RawClient.connect(url);
    return (await bob.ask(announce(S, id("b"), { event: "started" }))).incomplete;
  }

  test("leave ghosts behind in stock, and are refused in ours", async () => {
    await using stock = await startStockTracker();
    expect(await swarmAfter(stock.url)).toBeGreaterThan(40);
    await using tracker = createTracker({ port: 0 });
    expect(await swarmAfter((await tracker.listen()).url)).toBe(1);
    expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "second_peer_id" })).toBe(49);
  });
});

describe("an answer that nobody has asked for", () => {
  async function heardBy(url: string) {
    await using victim = await RawClient.connect(url);
    await using eve = await RawClient.connect(url);
    await victim.ask(announce(S, id("v"), { event: "started" }));
    await eve.ask(announce(S, id("e"), { event: "started" }));
    eve.send(answer(S, id("e"), id("v"), id("1")));
    await eve.ask(announce(S, id("e")));
    return await victim.ask(announce(S, id("v")));
  }

  test("reaches the victim in stock, and not in ours", async () => {
    await using stock = await startStockTracker();
    expect(await heardBy(stock.url)).toHaveProperty("answer");
    await using tracker = createTracker({ port: 0 });
    expect(await heardBy((await tracker.listen()).url)).not.toHaveProperty("answer");
  });
});

describe("a thousand offers in one announce", () => {
  const attack = announce(S, id("e"), {
    event: "started",
    numwant: 1000,
    offers: Array.from({ length: 1000 }, (_, number) => offer(String(number).padStart(20, "-"))),
  });

  test("are passed on by stock, and refused by ours", async () => {
    await using stock = await startStockTracker();
    await using victim = await RawClient.connect(stock.url);
    await victim.ask(announce(S, id("v"), { event: "started" }));
    await using eve = await RawClient.connect(stock.url);
    eve.send(attack);
    expect(await victim.next()).toHaveProperty("offer");

    await using tracker = createTracker({ port: 0 });
    await using other = await RawClient.connect((await tracker.listen()).url);
    expect((await other.ask(attack))["failure reason"]).toMatch(/^offers: expected an array of at most 10/);
  });
});

describe("an offer of twenty million characters", () => {
  const attack = JSON.stringify(
    announce(S, id("e"), { event: "started", numwant: 1, offers: [offer(id("1"), "v".repeat(20_000_000))] }),
  );

  test("is passed on by stock, and ends its connection in ours", async () => {
    await using stock = await startStockTracker();
    await using victim = await RawClient.connect(stock.url);
    await victim.ask(announce(S, id("v"), { event: "started" }));
    await using eve = await RawClient.connect(stock.url);
    eve.send(attack);
    expect(await victim.next()).toHaveProperty("offer");

    await using tracker = createTracker({ port: 0 });
    await using other = await RawClient.connect((await tracker.listen()).url);
    other.send(attack);
    expect(await other.closed).toBe(1009);
  });
});

describe("swarms that one connection makes", () => {
  async function make(url: string, count: number) {
    const eve = await RawClient.connect(url);
    for (let number = 0; number < count; number++) {
      await eve.ask(announce(String(number).padStart(20, "-"), id("e"), { event: "started" }));
    }
    return eve;
  }

  test("have no limit in stock and stay for ever, listed for everybody; ours have, and go with the connection", async () => {
    await using stock = await startStockTracker();
    await (await make(stock.url, 500))[Symbol.asyncDispose]();
    await using spy = await RawClient.connect(stock.url);
    expect(Object.keys((await spy.ask({ action: "scrape" })).files ?? {})).toHaveLength(500);

    await using tracker = createTracker({ port: 0 });
    const { url } = await tracker.listen();
    const eve = await make(url, 500);
    expect(await metricValue(tracker, TRACKER_METRICS.swarms)).toBe(32);
    await eve[Symbol.asyncDispose]();
    await expect.poll(() => metricValue(tracker, TRACKER_METRICS.swarms)).toBe(0);
    await using other = await RawClient.connect(url);
    expect((await other.ask({ action: "scrape" }))["failure reason"]).toMatch(/^info_hash: /);
  });
});
