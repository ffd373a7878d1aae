import { afterAll, beforeAll, expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

let theatre: Theatre;
beforeAll(async () => {
  theatre = await openTheatre();
});
afterAll(() => theatre[Symbol.asyncDispose]());

test("where no tracker listens, playback goes on from the origin", async () => {
  const viewer = await theatre.open("live", { tracker: "ws://127.0.0.1:9/announce" });
  const seen = await until(viewer, hasPlayed(8), "the viewer plays");
  expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers: 0, peers: 0 });
  await viewer.close();
});

test("where the browser has no WebRTC, playback goes on from the origin and the statistics say so", async () => {
  const viewer = await theatre.open("live", {
    prepare: (page) =>
      page.addInitScript(() => {
        Reflect.deleteProperty(window, "RTCPeerConnection");
      }),
  });
  const seen = await until(viewer, hasPlayed(6), "the viewer plays");
  expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers: 0, peers: 0 });
  expect(seen.fromOrigin).toBeGreaterThan(0);
  const mode = await viewer.page.evaluate(() => window.viewer.hls.nearcast?.stats.mode);
  expect(mode).toEqual({ uses: "origin", because: "this browser has no WebRTC" });
  await viewer.close();
});

test("a tracker that dies takes nothing with it, and viewers meet again within seconds of its return", async () => {
  const { port } = new URL(theatre.stack.trackerUrl);
  const first = await theatre.open("live");
  await until(first, hasPlayed(2), "the first viewer plays");
  const second = await theatre.open("live");
  await until(second, ({ peers, fromPeers }) => peers === 1 && fromPeers > 0, "the viewers are connected");

  await theatre.stack.tracker.close();
  const before = (await second.snapshot()).fromPeers;
  await until(second, ({ fromPeers }) => fromPeers > before, "the viewers go on sharing");

  await using _tracker = createTracker({ port: Number(port) });
  await _tracker.listen();
  const third = await theatre.open("live");
  await until(third, ({ peers }) => peers === 2, "the third viewer meets both", 40_000);
  const seen = await until(
    third,
    ({ fromPeers }) => fromPeers > 0,
    "the third viewer gets segments from them",
  );
  expect(seen).toMatchObject(UNDISTURBED);
  expect(await first.snapshot()).toMatchObject(UNDISTURBED);
  expect(await second.snapshot()).toMatchObject(UNDISTURBED);
});
