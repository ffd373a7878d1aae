import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { bytesFromPeers, expectUnharmed, openHonestViewers, slowOrigin } from "../support/broken-audience.js";
import { breakUploads, closeConnectionsAfter } from "../support/broken-uploads.js";
import { hasPlayed, openTheatre, type Theatre, until } from "../support/viewers.js";

let theatre: Theatre;
const viewers: Viewer[] = [];
beforeAll(async () => {
  theatre = await openTheatre();
});
afterEach(() => Promise.all(viewers.splice(0).map((viewer) => viewer.close())));
afterAll(() => theatre[Symbol.asyncDispose]());

test.each([
  ["announces segments and never delivers one", breakUploads({ heldBytes: Infinity, bytesPerSecond: 0 })],
  ["delivers a byte per second", breakUploads({ heldBytes: Infinity, bytesPerSecond: 1 })],
  ["delivers a small message per second", breakUploads({ heldBytes: Infinity, bytesPerSecond: 2_000 })],
  ["closes each connection in the middle of a segment", closeConnectionsAfter(3)],
])("a peer that %s costs the others nothing but its help", async (_what, prepare) => {
  const broken = await theatre.open("live", { prepare });
  viewers.push(broken);
  await until(broken, hasPlayed(3), "the broken viewer plays");
  const honest = await openHonestViewers(theatre);
  viewers.push(...honest);

  await expectUnharmed(honest, 14);
  expect(await broken.page.evaluate(() => window.brokenUploads)).toBeGreaterThanOrEqual(2);
  await expect
    .poll(() => bytesFromPeers(honest), { timeout: 20_000, message: "they go on sharing with each other" })
    .toBeGreaterThan(0);
});

// By its mean rate such a transfer is always about to end: it is believed once, and for a moment.
test("a peer that keeps the end of each segment back does not hold up those whose origin is slow", async () => {
  const prepare = breakUploads({ heldBytes: 100, bytesPerSecond: 1 });
  const broken = await theatre.open("live", { prepare });
  viewers.push(broken);
  await until(broken, hasPlayed(3), "the broken viewer plays");
  const honest = await openHonestViewers(theatre, slowOrigin(600));
  viewers.push(...honest);

  await expectUnharmed(honest, 14);
  expect(await broken.page.evaluate(() => window.brokenUploads)).toBeGreaterThanOrEqual(2);
});
