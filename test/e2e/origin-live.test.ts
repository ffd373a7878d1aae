import { expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { createOrigin, defaultStreams, type Served } from "../../origin/index.js";
import { pushWithFfmpeg } from "../support/ffmpeg-push.js";
import { temporaryFolder } from "../support/origin-programme.js";
import { startIngest } from "../support/origin-push.js";
import { hasPlayed, openTheatre, until } from "../support/viewers.js";

test("hls.js plays what ffmpeg pushes, and plays on when the encoder is restarted", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  const ingest = `${live.url}/ingest/live`;
  const encoder = pushWithFfmpeg(ingest, { renditions: 2, seconds: 60 });
  await using _ = encoder;
  while ((await live.read("v1/live.m3u8")).text.split(".m4s").length < 4) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await using theatre = await openTheatre();
  const viewer = await theatre.open("live", { engine: "plain", src: `${live.url}/hls/live/master.m3u8` });
  await until(viewer, hasPlayed(1), "the first encoder's pictures");
  await encoder.kill();
  await using __ = pushWithFfmpeg(ingest, { renditions: 2, seconds: 60 });
  while (!(await live.read("v1/live.m3u8")).text.includes("#EXT-X-DISCONTINUITY\n")) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { playedMs } = await viewer.snapshot();
  const after = await until(viewer, hasPlayed(playedMs / 1000 + 5), "the second encoder's pictures");
  expect(after.errors).toEqual([]);
});

test("when the host of a stream goes, players and their elected fetches go to the next pathway", async () => {
  const fromSecond: Served[] = [];
  const { live } = defaultStreams();
  if (!live) throw new Error("there is no sample");
  const streams = { live };
  // Two hosts with one port, as pathways need.
  const steering = { pathways: [{ id: "." }, { id: "second", host: "127.0.0.2" }] };
  await using first = createOrigin({ port: 0, streams, steering });
  const { url, port } = await first.listen();
  const onServed = (served: Served) => fromSecond.push(served);
  await using second = createOrigin({ host: "127.0.0.2", port, streams, onServed });
  await second.listen();
  await using theatre = await openTheatre();
  const src = `${url}/hls/live/master.m3u8`;
  const viewers = [await theatre.open("live", { src }), await theatre.open("live", { src })];
  await Promise.all(viewers.map((viewer) => until(viewer, ({ peers }) => peers === 1, "a peer")));
  await first.close();
  const playOn = async (viewer: Viewer) => {
    const { playedMs } = await viewer.snapshot();
    // More than was buffered.
    return until(viewer, hasPlayed(playedMs / 1000 + 9), "pictures from the second host", 45_000);
  };
  for (const after of await Promise.all(viewers.map(playOn))) {
    expect(after).toMatchObject({ state: "playing", errors: [] });
  }
  expect(fromSecond.some(({ kind, status }) => kind === "segment" && status === 200)).toBe(true);
});
