import { expect, test } from "vitest";
import { byteRanges, encrypted, fmp4, joined, mpegTs, separateAudio } from "../support/made-content.js";
import {
  noteSegmentsFromPeers,
  receivedAndOriginal,
  recordReceivedSegments,
  segmentsFromPeers,
} from "../support/made-content-received.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { hasPlayed, UNDISTURBED, until } from "../support/viewers.js";

const clip = { seconds: 10 };

const theatre = useMadeTheatre({
  fmp4: fmp4(clip),
  ranges: byteRanges(clip),
  encrypted: encrypted(clip),
  ts: mpegTs(clip),
  audio: separateAudio(clip),
  joined: joined({ seconds: 6 }, { seconds: 4, fps: 30, kbps: 300, toneHz: 660 }),
});

/** Two viewers play a stream to its end, the second of them after the first. */
async function playTwice(stream: string, playlist?: string) {
  const src = theatre.addressOf(stream, playlist);
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
