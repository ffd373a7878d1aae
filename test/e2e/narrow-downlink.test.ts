import type { CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** Fragments whose load hls.js has given up for a lower level. */
    abandoned: number;
  }
}

let theatre: Theatre;
const viewers: Viewer[] = [];
beforeAll(async () => {
  theatre = await openTheatre();
});
afterEach(() => Promise.all(viewers.splice(0).map((viewer) => viewer.close())));
afterAll(() => theatre?.[Symbol.asyncDispose]());

async function open(order: Parameters<Theatre["open"]>[1]): Promise<Viewer> {
  const viewer = await theatre.open("sample", order);
  viewers.push(viewer);
  return viewer;
}

async function limitDownlink(page: Page, kbps: number): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const conditions = { offline: false, latency: 20, downloadThroughput: kbps * 125, uploadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", conditions);
  return session;
}

/** Of the sample's upper rendition, in kbit/s. */
const TOP_KBPS = 400;

test("a viewer whose downlink carries little more than the stream plays it to the end without a stall", async () => {
  const src = `${theatre.stack.url}/hls/sample/360p/playlist.m3u8`;
  for (const neighbour of [await open({ src }), await open({ src })]) {
    await until(neighbour, hasPlayed(2), "a neighbour plays");
  }
  const narrow = await open({ src, prepare: (page) => limitDownlink(page, TOP_KBPS * 1.6) });
  const seen = await until(narrow, ({ state }) => state === "ended", "the end of the programme", 60_000);
  expect(seen).toMatchObject(UNDISTURBED);
  // A rival transfer for each segment would waste about as much as was played.
  expect(seen.wasted).toBeLessThan(seen.loadedBytes / 2);
});

test("when the downlink breaks down, hls.js gives a fragment up in mid-load and goes on with a lower level", async () => {
  const hls = { startLevel: 2, maxBufferLength: 4, maxMaxBufferLength: 4 };
  const neighbour = await open({ hls });
  await until(neighbour, hasPlayed(2), "a neighbour plays");
  const viewer = await open({ hls, nearcast: { prefetchWindowS: 5 } });
  await until(viewer, ({ peers, height }) => peers > 0 && height === 360, "the top level, with a peer");
  await viewer.page.evaluate(() => {
    window.abandoned = 0;
    const name = "hlsFragLoadEmergencyAborted" as Parameters<typeof window.viewer.hls.on>[0];
    window.viewer.hls.on(name, () => window.abandoned++);
  });
  // Its peer goes as well, so that all depends on what is left of the downlink.
  await neighbour.crash();
  viewers.splice(viewers.indexOf(neighbour), 1);
  await limitDownlink(viewer.page, TOP_KBPS / 3);
  await until(viewer, ({ height }) => height < 360, "a lower level");
  expect(await viewer.page.evaluate(() => window.abandoned)).toBeGreaterThan(0);
});
