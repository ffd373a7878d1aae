import { expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { fmp4 } from "../support/made-content.js";
import { receivedAndOriginal, recordReceivedSegments } from "../support/made-content-received.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { hasPlayed, UNDISTURBED, until } from "../support/viewers.js";

const theatre = useMadeTheatre(
  {
    one: fmp4({ seconds: 16 }),
    two: fmp4({ seconds: 16, toneHz: 660 }),
  },
  "two",
);

function changeTo(viewer: Viewer, stream: string): Promise<void> {
  return viewer.page.evaluate((src) => window.viewer.hls.loadSource(src), theatre.addressOf(stream));
}

function openAt(stream: string): Promise<Viewer> {
  const src = theatre.addressOf(stream);
  return theatre.open("evening", { src, prepare: recordReceivedSegments });
}

async function expectOriginalBytes(viewer: Viewer): Promise<void> {
  const { received, original } = await receivedAndOriginal(viewer.page);
  expect(received).toEqual(original);
}

test("viewers who change from a programme on demand to a live channel and back share all three", async () => {
  const first = await openAt("one");
  await until(first, hasPlayed(1), "the first viewer plays");
  const second = await openAt("one");
  const share = async () => {
    await until(second, hasPlayed(2), "the second viewer plays");
    await until(second, ({ fromPeers }) => fromPeers > 0, "the second viewer gets segments from the first");
    for (const viewer of [first, second]) {
      expect(await viewer.snapshot()).toMatchObject({ ...UNDISTURBED, peers: 1 });
      await expectOriginalBytes(viewer);
    }
  };
  await share();
  for (const stream of ["channel", "one"]) {
    await changeTo(first, stream);
    await until(first, hasPlayed(1), `the first viewer plays ${stream}`);
    await changeTo(second, stream);
    await share();
  }
});

test("a viewer who goes on to another programme gets that programme's segments, whatever the others play", async () => {
  const first = await openAt("one");
  await until(first, hasPlayed(1), "the first viewer plays");
  const second = await openAt("one");
  await until(second, hasPlayed(1), "the second viewer plays");
  await changeTo(second, "two");
  const seen = await until(second, hasPlayed(6), "the second viewer plays the other programme");
  expect(seen).toMatchObject(UNDISTURBED);
  expect(await first.snapshot()).toMatchObject(UNDISTURBED);
  await expectOriginalBytes(second);
});
