import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seededRandom } from "../../../loadtest/bench/random.js";
import { createTracker, TRACKER_METRICS } from "../../../tracker/index.js";
import { reachableFrom } from "../../support/reachable.js";
import { announce, id, offer } from "../../support/tracker-messages.js";
import { metricValue } from "../../support/tracker-metrics.js";
import { RawClient } from "../../support/tracker-raw-client.js";

const NETWORKS = 50;
const PEERS = 1000;
const OFFERS = 5;

/** Of one provider, and each in a /24 of its own: nothing but the provider's map makes them neighbours. */
const addressOf = (peer: number) => `84.${128 + (peer % NETWORKS)}.${Math.floor(peer / NETWORKS)}.9`;
const peerIdOf = (peer: number) => `-NC1S-${peer}`.padEnd(20, "x");

test(`${PEERS} viewers in ${NETWORKS} networks: three of four introductions stay inside, and all of them are connected`, {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "nearcast-networks-"));
  const networks = join(folder, "networks.csv");
  await writeFile(
    networks,
    Array.from({ length: NETWORKS }, (_, network) => `84.${128 + network}.0.0/16,network ${network}`).join(
      "\n",
    ),
  );
  await using tracker = createTracker({
    port: 0,
    networks,
    trustedProxies: ["loopback"],
    random: seededRandom(7),
  });
  const { url } = await tracker.listen();
  const meetings: (readonly [from: number, to: number])[] = [];
  const clients = await Promise.all(
    Array.from({ length: PEERS }, (_, peer) =>
      RawClient.connect(url, {
        headers: { "X-Forwarded-For": addressOf(peer) },
        perMessageDeflate: false,
      }),
    ),
  );
  for (const [to, { socket }] of clients.entries()) {
    socket.on("message", (data) => {
      const { offer: offered, peer_id = "" } = JSON.parse(data.toString());
      if (offered !== undefined) meetings.push([Number.parseInt(peer_id.slice(6), 10), to]);
    });
  }
  // They come, nobody near them being there yet, and then look for others twice.
  for (const round of [0, 1, 2]) {
    for (const [peer, client] of clients.entries()) {
      const offers = Array.from({ length: round === 0 ? 0 : OFFERS }, (_, index) =>
        offer(`${round}${peer}-${index}`.padEnd(20, "x")),
      );
      client.send(announce(id("s"), peerIdOf(peer), { offers }));
    }
    const announced = () => metricValue(tracker, TRACKER_METRICS.announces);
    await expect.poll(announced, { timeout: 20_000 }).toBe((round + 1) * PEERS);
    const passedOn = await metricValue(tracker, TRACKER_METRICS.offers);
    await expect.poll(() => meetings.length, { timeout: 20_000 }).toBe(passedOn);
  }
  for (const client of clients) client.socket.terminate();

  expect(meetings.length).toBeGreaterThan(1.5 * OFFERS * PEERS);
  const inside = meetings.filter(([from, to]) => from % NETWORKS === to % NETWORKS).length;
  expect(inside / meetings.length).toBeGreaterThanOrEqual(0.75);
  expect(reachableFrom(0, meetings)).toBe(PEERS);
});
