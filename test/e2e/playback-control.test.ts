import { expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { fmp4 } from "../support/made-content.js";
import { receivedAndOriginal, recordReceivedSegments } from "../support/made-content-received.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { hasPlayed, UNDISTURBED, until } from "../support/viewers.js";

/** Little is buffered, so that what the viewers do needs other segments. */
const hls = { maxBufferLength: 6, maxMaxBufferLength: 6, backBufferLength: 0 };
const nearcast = { prefetchWindowS: 8 };

const theatre = useMadeTheatre({ film: fmp4({ seconds: 40 }) }, "film");

function open(stream: string): Promise<Viewer> {
  return theatre.open(stream, { hls, nearcast, prepare: recordReceivedSegments });
}

/** Two viewers of a stream, the second of whom has got something from the first. */
async function openTwo(stream: string): Promise<{ first: Viewer; second: Viewer }> {
  const first = await open(stream);
  await until(first, hasPlayed(2), "the first viewer plays");
  const second = await open(stream);
  await until(second, ({ fromPeers }) => fromPeers > 0, "the second viewer gets segments from the first");
  return { first, second };
}

async function expectUndisturbed(...all: readonly Viewer[]): Promise<void> {
  for (const viewer of all) {
    expect(await viewer.snapshot()).toMatchObject({ ...UNDISTURBED, peers: all.length - 1 });
    const { received, original } = await receivedAndOriginal(viewer.page);
    expect(received).toEqual(original);
  }
}

async function playOn(viewer: Viewer, seconds: number): Promise<void> {
  const { playedMs } = await viewer.snapshot();
  await until(viewer, hasPlayed(playedMs / 1000 + seconds), "playback goes on", 15_000);
}

test("a viewer who seeks forward and back plays on from there, and so does the other", async () => {
  const { first, second } = await openTwo("film");
  for (const [toS, beforeS] of [
    [26, 40],
    [2, 12],
    [14, 26],
  ] as const) {
    await second.page.evaluate((position) => {
      window.viewer.video.currentTime = position;
    }, toS);
    await until(
      second,
      ({ positionS }) => positionS > toS + 2 && positionS < beforeS,
      `playback at ${toS} s`,
      10_000,
    );
  }
  await expectUndisturbed(first, second);
});

test("a viewer gets what another one has already played from that one's memory after a seek back", async () => {
  const { first, second } = await openTwo("film");
  await until(first, ({ positionS }) => positionS > 10, "the first viewer is further on");
  await second.page.evaluate(() => {
    window.viewer.video.currentTime = 30;
  });
  await until(second, ({ positionS }) => positionS > 31, "the second viewer is ahead");
  const { uploaded } = await second.snapshot();
  await first.page.evaluate(() => {
    window.viewer.video.currentTime = 29;
  });
  await until(second, (seen) => seen.uploaded > uploaded, "the first viewer gets it from the second");
  await until(first, ({ positionS }) => positionS > 31, "the first viewer plays there");
  await expectUndisturbed(first, second);
});

test.each(["film", "channel"])("a viewer of %s who pauses for some seconds plays on", async (stream) => {
  const { first, second } = await openTwo(stream);
  await second.page.evaluate(() => window.viewer.video.pause());
  await playOn(first, 5);
  expect(await second.snapshot()).toMatchObject({ state: "paused" });
  await second.page.evaluate(() => window.viewer.video.play());
  await playOn(second, 6);
  await expectUndisturbed(first, second);
});

test("a viewer at one and a half times the speed is served in time", async () => {
  const { first, second } = await openTwo("film");
  await second.page.evaluate(() => {
    window.viewer.video.playbackRate = 1.5;
  });
  const { positionS, fromPeers } = await second.snapshot();
  await until(second, (seen) => seen.positionS > positionS + 15, "15 s of the film");
  expect((await second.snapshot()).fromPeers).toBeGreaterThan(fromPeers);
  await expectUndisturbed(first, second);
});

test.each(["film", "channel"])(
  "a viewer of %s who stops loading and starts again plays on",
  async (stream) => {
    const { first, second } = await openTwo(stream);
    await until(second, ({ bufferS }) => bufferS > 3, "something is buffered");
    await second.page.evaluate(() => window.viewer.hls.stopLoad());
    await playOn(second, 1);
    await second.page.evaluate(() => window.viewer.hls.startLoad());
    await playOn(second, 6);
    await expectUndisturbed(first, second);
  },
);

test("a player that is taken off its video and put back plays on", async () => {
  const { first, second } = await openTwo("film");
  await until(second, hasPlayed(3), "the second viewer plays");
  const { positionS, fromPeers } = await second.snapshot();
  await second.page.evaluate(() => window.viewer.hls.detachMedia());
  await playOn(first, 1);
  await second.page.evaluate(() => window.viewer.hls.attachMedia(window.viewer.video));
  await until(second, (seen) => seen.positionS > positionS + 8, "playback goes on from where it was");
  expect((await second.snapshot()).fromPeers).toBeGreaterThan(fromPeers);
  await expectUndisturbed(first, second);
});
