import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { bytesFromPeers, expectUnharmed, openHonestViewers } from "../support/broken-audience.js";
import { hasPlayed, openTheatre, type Theatre, until } from "../support/viewers.js";

let theatre: Theatre;
let viewers: Viewer[] = [];
beforeAll(async () => {
  theatre = await openTheatre();
});
afterEach(() => Promise.all(viewers.splice(0).map((viewer) => viewer.close())));
afterAll(() => theatre[Symbol.asyncDispose]());

/** Three viewers who have begun to share; the first is going to break. */
async function openAudience(): Promise<[Viewer, Viewer, Viewer]> {
  const breaking = await theatre.open("live");
  viewers.push(breaking);
  await until(breaking, hasPlayed(1), "the first viewer plays");
  const honest = await openHonestViewers(theatre);
  viewers.push(...honest);
  for (const viewer of honest) await until(viewer, ({ fromPeers }) => fromPeers > 0, "viewers share");
  await until(breaking, ({ uploaded }) => uploaded > 0, "the first viewer takes part");
  return [breaking, ...honest];
}

test("a viewer who pauses stays connected and stops nobody", async () => {
  const [breaking, ...honest] = await openAudience();
  await breaking.page.evaluate(() => window.viewer.video.pause());
  const before = await bytesFromPeers(honest);

  await expectUnharmed(honest, 12);
  expect((await breaking.snapshot()).peers).toBe(2);
  expect(await bytesFromPeers(honest), "they go on sharing").toBeGreaterThan(before);
});

test("a page that hangs in its script stops nobody, and goes on afterwards", async () => {
  const [breaking, ...honest] = await openAudience();
  // A page can do nothing at all while its dialogue is open, while its connections stay.
  const opened = breaking.page.waitForEvent("dialog");
  await breaking.page.evaluate(() => void setTimeout(() => alert("…")));
  const dialog = await opened;
  const before = await bytesFromPeers(honest);

  await expectUnharmed(honest, 12);
  expect(await bytesFromPeers(honest), "they go on sharing").toBeGreaterThan(before);
  await dialog.accept();
  const { playedMs } = await breaking.snapshot();
  const back = await until(breaking, hasPlayed(playedMs / 1000 + 3), "the page goes on");
  expect(back.errors).toEqual([]);
  await expectUnharmed(honest, 1);
});

test("a page that crashes stops nobody", async () => {
  const [breaking, ...honest] = await openAudience();
  await breaking.crash();
  viewers = honest;
  const before = await bytesFromPeers(honest);

  await expectUnharmed(honest, 14);
  expect(await bytesFromPeers(honest), "they go on sharing").toBeGreaterThan(before);
});
