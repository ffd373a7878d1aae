import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { defaultStreams } from "../../origin/index.js";
import { copySample, type SampleCopy } from "../support/sample-copies.js";
import { hasPlayed, openTheatre, type Theatre, until } from "../support/viewers.js";

let theatre: Theatre;
let broken: SampleCopy;
let bystanders: Viewer[];
beforeAll(async () => {
  broken = await copySample();
  await broken.truncateSegment(2);
  theatre = await openTheatre({
    streams: { ...defaultStreams(), broken: { kind: "folder", folder: broken.folder } },
  });
  const first = await theatre.open("live");
  await until(first, hasPlayed(1), "a bystander plays");
  bystanders = [first, await theatre.open("live")];
});
afterAll(async () => {
  await theatre[Symbol.asyncDispose]();
  await broken[Symbol.asyncDispose]();
});

async function expectBystandersToPlayOn(): Promise<void> {
  for (const viewer of bystanders) {
    const { playedMs, stalls, errors } = await viewer.snapshot();
    const seen = await until(viewer, hasPlayed(playedMs / 1000 + 3), "a bystander plays on");
    expect(seen).toMatchObject({ stalls, errors });
  }
}

test("a stream that does not exist is an error of its own viewer alone", async () => {
  const viewer = await theatre.open("nothing");
  const seen = await until(viewer, ({ state }) => state === "failed", "the viewer is told");
  expect(seen.errors).toEqual([expect.stringMatching(/^manifestLoadError/)]);
  await expectBystandersToPlayOn();
  await viewer.close();
});

test("a truncated segment does not stop its viewers, nor anybody else", async () => {
  const first = await theatre.open("broken");
  await until(first, hasPlayed(1), "the first viewer plays");
  const second = await theatre.open("broken");
  for (const viewer of [first, second]) {
    const seen = await until(
      viewer,
      ({ positionS }) => positionS > 8,
      "playback gets past the segment",
      60_000,
    );
    expect(seen.errors).toEqual([]);
  }
  await expectBystandersToPlayOn();
  await Promise.all([first.close(), second.close()]);
});

test("garbage on the tracker's sockets disturbs no viewer", async () => {
  const garbage = [
    "",
    "{",
    "null",
    "[]",
    '{"action":"announce","offers":[null]}',
    "x".repeat(500_000),
    Buffer.alloc(100),
  ];
  for (const frame of garbage) {
    const socket = new WebSocket(theatre.stack.trackerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => {
        socket.send(frame);
        resolve();
      });
      socket.once("error", reject);
    });
    socket.on("error", () => {});
    socket.close();
  }
  await expectBystandersToPlayOn();
  const late = await theatre.open("live");
  await until(late, ({ peers }) => peers === 2, "a new viewer still meets the others");
  await late.close();
});

test.each([
  [{ tracker: "ftp://127.0.0.1" }, "TypeError: nearcast.tracker: expected an https: or wss: address"],
  [{ stream: "no spaces" }, "RangeError: stream: expected 1 to 64 letters"],
  [{ nearcast: { memoryLimitMiB: -1 } }, "RangeError: nearcast.memoryLimitMiB: expected 1 to 4096, got -1"],
  [{ nearcast: { prefetchWindowS: "long" } }, "TypeError: nearcast.prefetchWindowS: expected a number"],
  [{ hls: { fLoader: {} } }, "TypeError: fLoader: Nearcast brings its own"],
])("an impossible option is named when the player is made: %j", async (order, message) => {
  const error = await bystanders[0]?.page.evaluate(
    ({ nearcast, hls, tracker, stream }) => {
      const { Hls } = (window as unknown as { Nearcast: { Hls: new (config: object) => unknown } }).Nearcast;
      try {
        new Hls({
          ...hls,
          nearcast: { tracker: tracker ?? "ws://127.0.0.1/announce", stream: stream ?? "x", ...nearcast },
        });
        return "none";
      } catch (thrown) {
        return String(thrown);
      }
    },
    order as { nearcast?: object; hls?: object; tracker?: string; stream?: string },
  );
  expect(error).toContain(message);
});
