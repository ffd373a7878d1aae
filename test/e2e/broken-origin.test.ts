import type { Route } from "playwright-core";
import { expect, test } from "vitest";
import { expectUnharmed, openHonestViewers } from "../support/broken-audience.js";
import { segmentFault, staleMediaPlaylists } from "../support/broken-origin.js";
import { recordDeliveredSegments } from "../support/delivered-segments.js";
import { hasPlayed, openTheatre, until } from "../support/viewers.js";

test.each([
  ["refuses one viewer's requests", (route: Route) => route.fulfill({ status: 503, body: "busy" })],
  ["does not answer one viewer's requests", () => undefined],
])("an origin that %s stops neither that viewer nor the others", async (_what, spoil) => {
  const fault = segmentFault(spoil);
  await using theatre = await openTheatre();
  const cut = await theatre.open("live", {
    prepare: async (page) => {
      await recordDeliveredSegments(page);
      await fault.prepare(page);
    },
  });
  await until(cut, hasPlayed(1), "the first viewer plays");
  const others = await openHonestViewers(theatre);
  for (const viewer of others) await until(viewer, ({ fromPeers }) => fromPeers > 0, "viewers share");
  await until(cut, ({ peers }) => peers === 2, "the first viewer has met both");

  fault.begin();
  const { fromPeers } = await cut.snapshot();
  await expectUnharmed([cut, ...others], 15);
  expect(fault.spoilt, "it was elected").toBeGreaterThan(0);
  expect((await cut.snapshot()).fromPeers).toBeGreaterThan(fromPeers);
});

test("a live playlist that stands still and goes on starves viewers for as long, without an error or a flood", async () => {
  const fault = staleMediaPlaylists();
  await using theatre = await openTheatre();
  const viewers = await openHonestViewers(theatre, fault.prepare);
  for (const viewer of viewers) await until(viewer, hasPlayed(3), "viewers play");

  fault.begin();
  const standstillS = 9;
  const beganMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, standstillS * 1000));
  const perViewerAndSecond = fault.spoilt / viewers.length / ((Date.now() - beganMs) / 1000);
  fault.end();
  for (const viewer of viewers) {
    const { playedMs } = await viewer.snapshot();
    const seen = await until(viewer, hasPlayed(playedMs / 1000 + 8), "playback goes on");
    expect(seen.errors).toEqual([]);
    expect(seen.stalledMs).toBeLessThan(standstillS * 1000);
  }

  // Players look for a stale playlist again after half a target duration (RFC 8216, 6.3.4), here a second.
  expect(perViewerAndSecond).toBeLessThan(1.5);
  const copies = [...theatre.log.totals("live").copies.values()];
  expect(Math.max(...copies), `copies: ${copies}`).toBeLessThanOrEqual(viewers.length);
  const { peers } = await viewers[0].snapshot();
  expect(peers).toBe(1);
});
