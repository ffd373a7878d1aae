import { afterAll, beforeAll, expect, test } from "vitest";
import {
  byteRanges,
  encrypted,
  fmp4,
  joined,
  type MadeContent,
  makeContent,
  mpegTs,
  separateAudio,
} from "../support/made-content.js";
import {
  noteSegmentsFromPeers,
  receivedAndOriginal,
  recordReceivedSegments,
  segmentsFromPeers,
} from "../support/made-content-received.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

const clip = { seconds: 10 };

let content: MadeContent;
let theatre: Theatre;
beforeAll(async () => {
  content = await makeContent({
    fmp4: fmp4(clip),
    ranges: byteRanges(clip),
    encrypted: encrypted(clip),
    ts: mpegTs(clip),
    audio: separateAudio(clip),
    joined: joined({ seconds: 6 }, { seconds: 4, fps: 30, kbps: 300, toneHz: 660 }),
  });
  theatre = await openTheatre({ streams: content.streams });
});
afterAll(async () => {
  await theatre?.[Symbol.asyncDispose]();
  await content?.[Symbol.asyncDispose]();
});

/** Two viewers play a stream to its end, the second of them after the first; both leave afterwards. */
async function playTwice(stream: string, playlist = "master.m3u8") {
  const src = `${theatre.stack.url}/hls/${stream}/${playlist}`;
  const first = await theatre.open(stream, { src, prepare: recordReceivedSegments });
  await until(first, hasPlayed(2), "the first viewer plays");
  const second = await theatre.open(stream, { src, prepare: recordReceivedSegments });
  await noteSegmentsFromPeers(second.page);
  for (const viewer of [first, second]) {
    await until(viewer, ({ state }) => state === "ended", "the end of the programme");
  }
  const seen = await Promise.all([first, second].map((viewer) => viewer.snapshot()));
  const { received, original } = await receivedAndOriginal(second.page);
  const fromPeers = await segmentsFromPeers(second.page);
  await Promise.all([first.close(), second.close()]);
  return { seen, received, original, fromPeers };
}

test.each([
  { what: "fMP4, asked for by its media playlist", stream: "fmp4", playlist: "playlist.m3u8" },
  { what: "byte ranges of one file", stream: "ranges" },
  { what: "segments encrypted with AES-128", stream: "encrypted" },
  { what: "MPEG-TS", stream: "ts" },
  { what: "two encodes with a discontinuity between them", stream: "joined" },
])("viewers share $what, byte for byte, without a stall", async ({ stream, playlist }) => {
  const { seen, received, original } = await playTwice(stream, playlist);
  for (const snapshot of seen) expect(snapshot).toMatchObject(UNDISTURBED);
  expect(seen[1]?.fromPeers).toBeGreaterThan(0);
  expect(new Set(received.map(({ url, range }) => `${url} ${range}`)).size).toBe(5);
  expect(received).toEqual(original);
});

test("viewers share the picture and a sound that has a playlist of its own", async () => {
  const { seen, received, original, fromPeers } = await playTwice("audio");
  for (const snapshot of seen) expect(snapshot).toMatchObject(UNDISTURBED);
  expect(fromPeers).toContainEqual(expect.stringContaining("/picture/"));
  expect(fromPeers).toContainEqual(expect.stringContaining("/sound/"));
  for (const track of ["main", "audio"]) {
    const urls = received.filter((segment) => segment.track === track).map(({ url }) => url);
    expect(new Set(urls).size, track).toBeGreaterThanOrEqual(5);
  }
  expect(received).toEqual(original);
});
