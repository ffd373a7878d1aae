import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { hasPlayed, openTheatre, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    iceServersUsed: string[];
  }
}

/** For `prepare`: records the ICE servers of each connection that the page opens. */
async function recordIceServers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.iceServersUsed = [];
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.iceServersUsed.push((configuration?.iceServers ?? []).map(({ urls }) => urls).join());
      }
    };
  });
}

test("ICE servers that do not answer are tried once, and calls to peers do not wait for them", async () => {
  await using theatre = await openTheatre();
  // Nothing listens there, and nothing says so.
  const silent = "stun:127.0.0.1:9";
  const order = { nearcast: { iceServers: [{ urls: silent }] }, prepare: recordIceServers };
  const first = await theatre.open("live", order);
  await until(first, hasPlayed(2), "the first viewer plays");
  const second = await theatre.open("live", order);
  const seen = await until(second, ({ fromPeers }) => fromPeers > 0, "the second viewer gets segments");
  expect(seen).toMatchObject(UNDISTURBED);

  for (const viewer of [first, second]) {
    const [tried, ...calls] = await viewer.page.evaluate(() => window.iceServersUsed);
    expect(tried).toBe(silent);
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls)).toEqual(new Set([""]));
  }
});
