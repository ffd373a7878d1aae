import { expect, test } from "vitest";
import { copySample } from "../support/sample-copies.js";
import { hasPlayed, openTheatre, UNDISTURBED, until } from "../support/viewers.js";

test("viewers play and share a live loop over its seam several times", async () => {
  await using sample = await copySample();
  await sample.shorten(3);
  await using theatre = await openTheatre({ streams: { loop: { kind: "loop", folder: sample.folder } } });
  const first = await theatre.open("loop");
  await until(first, hasPlayed(1), "the first viewer plays");
  const second = await theatre.open("loop");
  // Three segments of 2 s: 22 s hold at least three seams.
  const seen = await until(second, hasPlayed(22), "the second viewer plays");
  const seams = await second.page.evaluate(() => {
    const { fragments } = window.viewer.hls.latestLevelDetails ?? { fragments: [] };
    return new Set(fragments.map((fragment) => fragment?.cc)).size - 1;
  });

  expect(seams).toBeGreaterThanOrEqual(2);
  expect(seen).toMatchObject(UNDISTURBED);
  expect(await first.snapshot()).toMatchObject(UNDISTURBED);
  expect(seen.fromPeers + (await first.snapshot()).fromPeers).toBeGreaterThan(0);
});
