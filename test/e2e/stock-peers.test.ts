import { expect, test } from "vitest";
import { expectUnharmed } from "../support/broken-audience.js";
import { recordDeliveredSegments } from "../support/delivered-segments.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

/** In the swarm that Nearcast's viewers of `live` share, and as near to the live edge as they are. */
const STOCK = {
  engine: "stock",
  stock: { swarmId: "nearcast:live", highDemandTimeWindow: 2 },
} as const;
/** Viewers of different renditions have nothing to share. */
const rendition = ({ stack }: Theatre) => ({ src: `${stack.url}/hls/live/360p/playlist.m3u8` });
/** Without a worker, to which hls.js would give away the very buffers that p2p-media-loader uploads from. */
const HLS = { liveSyncDurationCount: 3, enableWorker: false };

test("a Nearcast viewer gets segments from p2p-media-loader's players", async () => {
  await using theatre = await openTheatre();
  const stock = await theatre.open("live", { ...STOCK, ...rendition(theatre), hls: HLS });
  await until(stock, hasPlayed(4), "p2p-media-loader plays");
  const nearcast = await theatre.open("live", {
    ...rendition(theatre),
    prepare: recordDeliveredSegments,
    // It leaves the origin to others, so that what stock has cannot have come from here.
    nearcast: { upload: false },
  });

  await expectUnharmed([nearcast], 12);
  expect((await nearcast.snapshot()).fromPeers).toBeGreaterThan(300_000);
  expect(await stock.snapshot()).toMatchObject(UNDISTURBED);
});

test("p2p-media-loader's players get segments from a Nearcast viewer", async () => {
  await using theatre = await openTheatre();
  const nearcast = await theatre.open("live", { ...rendition(theatre), prepare: recordDeliveredSegments });
  await until(nearcast, hasPlayed(4), "Nearcast plays");
  const stock = await theatre.open("live", { ...STOCK, ...rendition(theatre), hls: HLS });

  await until(stock, ({ fromPeers }) => fromPeers > 300_000, "p2p-media-loader gets segments");
  await expectUnharmed([nearcast], 2);
  expect(await stock.snapshot()).toMatchObject(UNDISTURBED);
});

test("segments that p2p-media-loader's worker has emptied are not taken for the origin's", async () => {
  await using theatre = await openTheatre();
  const stock = await theatre.open("live", {
    ...STOCK,
    ...rendition(theatre),
    hls: { ...HLS, enableWorker: true },
  });
  await until(stock, hasPlayed(4), "p2p-media-loader plays");
  const nearcast = await theatre.open("live", {
    ...rendition(theatre),
    prepare: recordDeliveredSegments,
    nearcast: { upload: false },
  });
  await until(nearcast, ({ peers }) => peers === 1, "they are connected");
  await nearcast.page.evaluate(() => {
    window.sizes = [];
    window.viewer.hls.nearcast?.addEventListener("segmentloaded", ({ detail }) =>
      window.sizes.push(detail.bytes),
    );
  });

  await expectUnharmed([nearcast], 12);
  const sizes = await nearcast.page.evaluate(() => window.sizes);
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes).not.toContain(0);
});

declare global {
  interface Window {
    /** Of all segments that arrived, in bytes. */
    sizes: number[];
    /** By segment: when it stood in a playlist first, and when the origin had delivered it. */
    waits: Record<string, { knownAtMs: number; fromOriginAtMs?: number }>;
  }
}

test("p2p-media-loader's players are not elected: no segment waits for them", async () => {
  await using theatre = await openTheatre();
  // Far behind the live edge and without a prefetch, so that it never has a segment first.
  const stock = await theatre.open("live", {
    ...STOCK,
    ...rendition(theatre),
    hls: { ...HLS, liveSyncDurationCount: 9 },
    stock: { ...STOCK.stock, httpDownloadTimeWindow: 2 },
  });
  await until(stock, hasPlayed(3), "p2p-media-loader plays");
  const nearcast = await theatre.open("live", rendition(theatre));
  await until(nearcast, ({ peers }) => peers === 1, "they are connected");
  await nearcast.page.evaluate(() => {
    const { hls } = window.viewer;
    const old = new Set(hls.latestLevelDetails?.fragments.map((fragment) => fragment?.url));
    window.waits = {};
    const note = () => {
      for (const fragment of hls.latestLevelDetails?.fragments ?? []) {
        if (fragment && !old.has(fragment.url))
          window.waits[fragment.url] ??= { knownAtMs: performance.now() };
      }
    };
    hls.on("hlsLevelUpdated" as Parameters<typeof hls.on>[0], note);
    hls.nearcast?.addEventListener("segmentloaded", ({ detail: { url, source } }) => {
      note();
      const wait = window.waits[url];
      if (wait && source === "origin") wait.fromOriginAtMs = performance.now();
    });
  });
  const { playedMs } = await nearcast.snapshot();
  const seen = await until(nearcast, hasPlayed(playedMs / 1000 + 16), "Nearcast plays on");
  const waits = Object.values(await nearcast.page.evaluate(() => window.waits)).flatMap(
    ({ knownAtMs, fromOriginAtMs }) => (fromOriginAtMs === undefined ? [] : [fromOriginAtMs - knownAtMs]),
  );

  expect(seen).toMatchObject({ ...UNDISTURBED, peers: 1 });
  expect(waits.length, "segments that Nearcast fetched").toBeGreaterThanOrEqual(6);
  // Half of them would wait for two seconds and more if a stock peer could be elected.
  expect(Math.max(...waits), `waits: ${waits.map(Math.round)}`).toBeLessThan(1_500);
});
