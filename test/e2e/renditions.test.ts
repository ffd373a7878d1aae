import { expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { openTheatre, UNDISTURBED, until } from "../support/viewers.js";

test("viewers who switch to another rendition share it, without a stall", async () => {
  await using theatre = await openTheatre();
  const hls = { startLevel: 0 };
  const first = await theatre.open("live", { hls });
  await until(first, ({ playedMs }) => playedMs > 2_000, "the first viewer plays");
  const second = await theatre.open("live", { hls });
  await until(second, ({ fromPeers }) => fromPeers > 0, "the second viewer gets segments from the first");

  for (const level of [2, 0, 1]) {
    const heights = await Promise.all([first, second].map((viewer) => switchTo(viewer, level)));
    const { fromPeers } = await second.snapshot();
    for (const viewer of [first, second]) {
      await until(viewer, ({ height }) => height === heights[0], `a picture of ${heights[0]} lines`);
    }
    const both = async () => (await first.snapshot()).fromPeers + (await second.snapshot()).fromPeers;
    const before = await both();
    await until(
      second,
      (seen) => seen.fromPeers > fromPeers || seen.uploaded > 0,
      "the new rendition is shared",
    );
    await expect.poll(both, { timeout: 20_000 }).toBeGreaterThan(before);
  }
  expect(await first.snapshot()).toMatchObject(UNDISTURBED);
  expect(await second.snapshot()).toMatchObject(UNDISTURBED);
});

/** @returns the height of the rendition's picture. */
function switchTo(viewer: Viewer, level: number): Promise<number> {
  return viewer.page.evaluate((index) => {
    const { hls } = window.viewer;
    hls.loadLevel = index;
    return hls.levels[index]?.height ?? 0;
  }, level);
}
