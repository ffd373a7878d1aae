import { once } from "node:events";
import Client, { type ClientPeer } from "bittorrent-tracker";
import { expect, test } from "vitest";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { id } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";

interface StockClientOptions {
  readonly url: string;
  readonly infoHash?: string;
  readonly fields?: object;
}

/** Stock clients of one process share a WebSocket for each URL; the query keeps viewers apart. */
function createStockClient(peerId: string, { url, infoHash = id("s"), fields = {} }: StockClientOptions) {
  const client = new Client({
    infoHash: Buffer.from(infoHash, "latin1"),
    peerId: Buffer.from(peerId, "latin1"),
    announce: [`${url}?viewer=${peerId}`],
    port: 1,
    rtcConfig: { iceServers: [] },
    getAnnounceOpts: () => fields,
  });
  const peers: ClientPeer[] = [];
  client.on("peer", (peer: ClientPeer) => {
    peers.push(peer);
    // The other one may be gone first.
    peer.on("error", () => {});
  });
  const leave = () => {
    for (const peer of peers) peer.destroy();
    return new Promise<void>((resolve) => client.destroy(resolve));
  };
  return Object.assign(client, { [Symbol.asyncDispose]: leave });
}

/**
 * Resolves with the first thing `sender` says to `receiver`. Who fails to connect asks to be introduced again: libdatachannel
 * refuses a certificate whose handshake overtakes the answer (its fingerprint is not known yet), as on a busy machine it may.
 */
async function firstMessage(sender: Client, receiver: Client): Promise<string> {
  sender.on("peer", (peer: ClientPeer) => peer.once("connect", () => peer.send("hello")));
  sender.on("warning", () => sender.update({ numwant: 1 }));
  const message = new Promise<Uint8Array>((resolve) => {
    receiver.on("peer", (peer: ClientPeer) => peer.once("data", resolve));
  });
  return Buffer.from(await message).toString();
}

// simple-peer waits 5 s for the end of ICE gathering, which node-datachannel does not report, on either side.
test("two stock clients connect to each other", { timeout: 90_000 }, async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = createStockClient(id("a"), { url });
  await using bob = createStockClient(id("b"), { url });
  const met = Promise.all([once(alice, "peer"), once(bob, "peer")]);
  const hello = firstMessage(bob, alice);

  alice.start({ numwant: 0 });
  expect((await once(alice, "update"))[0]).toMatchObject({ complete: 0, incomplete: 1, interval: 20 });
  bob.start({ numwant: 1 });
  await met;
  expect(await metricValue(tracker, TRACKER_METRICS.offers)).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.answers)).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.refused)).toBe(0);
  expect(await hello).toBe("hello");
});

test("a stock client scrapes, stops and comes back", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = createStockClient(id("c"), { url: (await tracker.listen()).url });
  client.start({ numwant: 0 });
  await once(client, "update");
  client.scrape();
  expect((await once(client, "scrape"))[0]).toMatchObject({ complete: 0, incomplete: 1 });
  client.stop();
  expect((await once(client, "update"))[0]).toMatchObject({ incomplete: 0 });
  client.start({ numwant: 0 });
  expect((await once(client, "update"))[0]).toMatchObject({ incomplete: 1 });
});

test("a stock client takes a refusal as a warning and stays connected", async () => {
  await using tracker = createTracker({ port: 0 });
  const fields: { left?: string } = { left: "some" };
  await using client = createStockClient(id("d"), { url: (await tracker.listen()).url, fields });
  client.start({ numwant: 0 });
  const [warning] = await once(client, "warning");
  expect(warning.message).toMatch(/^left: expected a number/);
  delete fields.left;
  client.start({ numwant: 0 });
  expect((await once(client, "update"))[0]).toMatchObject({ incomplete: 1 });
});

test("a stock client survives a refusal that names no swarm", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  // Both on one WebSocket, as the renditions of a page are: each hears what the tracker says to the other.
  await using healthy = createStockClient(id("e"), { url });
  await using broken = createStockClient(id("e"), { url, infoHash: "short" });
  broken.start({ numwant: 0 });
  healthy.start({ numwant: 0 });
  expect((await once(healthy, "update"))[0]).toMatchObject({ incomplete: 1 });
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "malformed" })).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.sockets)).toBe(1);
});
