import { afterAll, beforeAll, expect, test } from "vitest";
import { deliveredSegments, originSha256, recordDeliveredSegments } from "../support/delivered-segments.js";
import { stopUploadsAfter } from "../support/stopped-uploads.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

let theatre: Theatre;
beforeAll(async () => {
  theatre = await openTheatre();
});
afterAll(() => theatre[Symbol.asyncDispose]());

test("a viewer that leaves in the middle of a transfer does not stop the other", async () => {
  const leaving = await theatre.open("live", { prepare: stopUploadsAfter(12) });
  await until(leaving, hasPlayed(3), "the first viewer plays");
  const staying = await theatre.open("live", { prepare: recordDeliveredSegments });
  await leaving.page.waitForFunction(() => window.heldMessages > 0, undefined, { timeout: 40_000 });
  await leaving.close();

  const { playedMs } = await staying.snapshot();
  const seen = await until(staying, hasPlayed(playedMs / 1000 + 10), "the second viewer goes on");
  expect(seen).toMatchObject(UNDISTURBED);
  expect(seen.fromPeers).toBeGreaterThan(0);
  for (const { url, sha256 } of await deliveredSegments(staying.page)) {
    expect({ url, sha256 }).toEqual({ url, sha256: await originSha256(url) });
  }
});
