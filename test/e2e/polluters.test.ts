import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { serveViewerPages } from "../../loadtest/browsers/viewer-pages.js";
import { bytesFromPeers, expectUnharmed } from "../support/broken-audience.js";
import { deliveredSegments, originSha256, recordDeliveredSegments } from "../support/delivered-segments.js";
import { type Pollution, pollute } from "../support/pollution.js";
import { ReceivedReports } from "../support/received-reports.js";
import { hasPlayed, openTheatre, type Theatre, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** Ids under which this page has announced itself. */
    ownIds: string[];
    /** Peers that this page is connected to. */
    connectedNow: Set<string>;
    /** Peers that were named as the ones who sent a wrong segment. */
    blamed: (string | undefined)[];
  }
}

let theatre: Theatre;
const reports = new ReceivedReports();
const viewers: Viewer[] = [];
beforeAll(async () => {
  theatre = await openTheatre({
    routes: (app) => {
      serveViewerPages(app);
      reports.routes(app);
    },
  });
});
afterEach(async () => {
  await Promise.all(viewers.splice(0).map((viewer) => viewer.close()));
  reports.clear();
});
afterAll(() => theatre[Symbol.asyncDispose]());

/** All in one rendition, so that everybody has something for everybody. */
const rendition = () => ({ src: `${theatre.stack.url}/hls/live/360p/playlist.m3u8` });

async function open(prepare: (page: Page) => Promise<unknown>, nearcast: object = {}): Promise<Viewer> {
  const viewer = await theatre.open("live", {
    ...rendition(),
    prepare: async (page) => {
      await recordOwnIds(page);
      await prepare(page);
    },
    nearcast: { ...nearcast, report: `${theatre.stack.url}/reports` },
  });
  viewers.push(viewer);
  await viewer.page.evaluate(() => {
    window.blamed = [];
    window.connectedNow = new Set();
    const { nearcast } = window.viewer.hls;
    nearcast?.addEventListener("peerconnected", ({ detail }) => window.connectedNow.add(detail.peerId));
    nearcast?.addEventListener("peerdisconnected", ({ detail }) => window.connectedNow.delete(detail.peerId));
    nearcast?.addEventListener("segmentrejected", ({ detail }) => window.blamed.push(detail.peerId));
  });
  return viewer;
}

async function recordOwnIds(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.ownIds = [];
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (this: WebSocket, data) {
      const [, id] = /"peer_id":"([^"]{20})"/.exec(new TextDecoder().decode(toBytes(data))) ?? [];
      if (id !== undefined && !window.ownIds.includes(id)) window.ownIds.push(id);
      send.call(this, data);
    };
    function toBytes(data: unknown): Uint8Array {
      if (typeof data === "string") return new TextEncoder().encode(data);
      return ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data as ArrayBuffer);
    }
  });
}

async function ownIds(all: readonly Viewer[]): Promise<string[]> {
  return (await Promise.all(all.map(({ page }) => page.evaluate(() => window.ownIds)))).flat();
}

/** Two honest viewers who come to as many polluters, and are to notice nothing. */
async function openAudience(kinds: readonly Pollution[], nearcast?: object) {
  const polluters = await Promise.all(kinds.map((kind) => open(pollute(kind))));
  for (const polluter of polluters) await until(polluter, hasPlayed(2), "a polluter plays");
  const honest = [
    await open(recordDeliveredSegments, nearcast),
    await open(recordDeliveredSegments, nearcast),
  ];
  return { polluters, honest };
}

const stat = (viewer: Viewer) => viewer.page.evaluate(() => window.viewer.hls.nearcast?.stats);
const refusals = async (honest: readonly Viewer[]) => {
  const all = await Promise.all(honest.map(stat));
  return all.reduce((sum, stats) => sum + (stats?.peersRefused ?? 0), 0);
};

test("wrong, foreign and cut segments reach nobody, and those who send them are named and dropped, nobody else", async () => {
  const { polluters, honest } = await openAudience(["flip", "swap", "truncate"]);
  await expectUnharmed(honest, 16);
  for (const polluter of polluters)
    expect(await polluter.page.evaluate(() => window.polluted)).toBeGreaterThan(0);

  const all = await Promise.all(honest.map(stat));
  const rejected = all.reduce((sum, stats) => sum + (stats?.bytes.rejected ?? 0), 0);
  expect(rejected).toBeGreaterThan(0);
  expect(await refusals(honest)).toBeGreaterThanOrEqual(2);
  const blamed = (await Promise.all(honest.map(({ page }) => page.evaluate(() => window.blamed)))).flat();
  const guilty = [...new Set(blamed)].filter((peer) => peer !== undefined);
  const bad = await ownIds(polluters);
  expect(bad.length).toBeGreaterThanOrEqual(3);
  // Who leaves something out is let go as well, and not named: what came of it was no whole segment.
  expect(guilty.length).toBeGreaterThanOrEqual(2);
  for (const peer of guilty) expect(bad).toContain(peer);
  expect(await bytesFromPeers(honest), "the honest go on sharing").toBeGreaterThan(0);
  for (const { page } of honest) {
    const seen = await page.evaluate(() => ({ blamed: window.blamed, connected: [...window.connectedNow] }));
    for (const peer of seen.blamed) expect(seen.connected).not.toContain(peer);
  }
  await expect.poll(() => guilty.every((peer) => reports.named.has(peer)), { timeout: 15_000 }).toBe(true);
  const { named } = reports;
  // Whom everybody has let go joins again under another id, and is named again.
  const badSince = await ownIds(polluters);
  for (const peer of named) expect(badSince).toContain(peer);
});

test("false announcements, half segments and floods of requests cost the others nothing, and budgets hold", async () => {
  const { polluters, honest } = await openAudience(["absent", "half", "flood"], { uploadKbps: 400 });
  const sinceMs = performance.now();
  await expectUnharmed(honest, 16);
  for (const polluter of polluters)
    expect(await polluter.page.evaluate(() => window.polluted)).toBeGreaterThan(0);
  expect(await refusals(honest)).toBeGreaterThan(0);
  for (const viewer of honest) {
    const stats = await stat(viewer);
    const seconds = (performance.now() - sinceMs) / 1000;
    // One segment leaves at once, and is paid for afterwards; it has less than 150 kB.
    expect(stats?.bytes.uploaded).toBeLessThanOrEqual((400_000 / 8) * seconds + 150_000);
    expect(stats?.integrity.failures).toBe(0);
  }
  expect(await bytesFromPeers(honest), "the honest go on sharing").toBeGreaterThan(0);
});

test("whoever asks for the same segment again and again gets what the upload ratio allows, and no more", async () => {
  const { honest } = await openAudience(["greed"], { uploadRatio: 0.5 });
  const accounts = () =>
    Promise.all(
      honest.map(async (viewer) => {
        const stats = await stat(viewer);
        if (!stats) throw new Error("the viewer has no statistics");
        const { fromPeers, fromOrigin, ahead, uploaded } = stats.bytes;
        const downloaded = fromPeers + fromOrigin + ahead.fromPeers + ahead.fromOrigin;
        return { uploaded, limit: 0.5 * downloaded + 8 * 1024 * 1024, refused: stats.peersRefused };
      }),
    );
  // Without it there would have been no pressure.
  const isUsedUp = async () =>
    (await accounts()).some(({ uploaded, limit, refused }) => uploaded > 0.9 * limit && refused > 0);
  await expect.poll(isUsedUp, { timeout: 40_000, interval: 500 }).toBe(true);
  await expectUnharmed(honest, 4);
  for (const { uploaded, limit } of await accounts()) expect(uploaded).toBeLessThanOrEqual(limit);
  expect(await bytesFromPeers(honest), "the honest go on sharing").toBeGreaterThan(0);
});

test("p2p-media-loader's players play what such a polluter sends", async () => {
  const polluter = await open(pollute("flip"));
  await until(polluter, hasPlayed(3), "the polluter plays");
  const stock = await theatre.open("live", {
    ...rendition(),
    engine: "stock",
    stock: { swarmId: "nearcast:live", highDemandTimeWindow: 2 },
    hls: { liveSyncDurationCount: 3, enableWorker: true },
    prepare: recordDeliveredSegments,
  });
  viewers.push(stock);
  const wrong = async () => {
    const delivered = await deliveredSegments(stock.page);
    const checked = await Promise.all(
      delivered.map(async ({ url, sha256 }) => sha256 !== (await originSha256(url))),
    );
    return checked.filter(Boolean).length;
  };
  await expect.poll(wrong, { timeout: 40_000, interval: 1_000 }).toBeGreaterThan(0);
});
