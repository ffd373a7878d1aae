import fc from "fast-check";
import { expect, test } from "vitest";
import { createOrigin, defaultStreams, type PlaylistKey, type StreamConfig } from "../../origin/index.js";
import { type MediaPlaylist, parseMediaPlaylist } from "../../origin/playlist/media.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { newKey } from "../support/playlist-keys.js";

const EPOCH = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** A live channel on a real server whose clock the test sets. */
async function serve(stream: StreamConfig, integrityKeys: readonly PlaylistKey[] = []) {
  const time = { now: EPOCH };
  const origin = createOrigin({ port: 0, streams: { live: stream }, clock: () => time.now, integrityKeys });
  const { url } = await origin.listen();
  const get = async (path: string) => {
    const response = await fetch(`${url}/hls/live/${path}`);
    return { status: response.status, body: await response.text() };
  };
  const at = async (now: number, rendition = "low") => {
    time.now = now;
    const { status, body } = await get(`${rendition}/playlist.m3u8`);
    expect(status, body).toBe(200);
    return parseMediaPlaylist(body);
  };
  return { get, at, [Symbol.asyncDispose]: () => origin.close() };
}

/** Discontinuity sequence number of each segment by media sequence number, as RFC 8216bis, 6.2.1 has clients count. */
function discontinuityNumbers(playlist: MediaPlaylist): Map<number, number> {
  let number = playlist.discontinuitySequence;
  return new Map(
    playlist.segments.map(({ isDiscontinuity }, index) => {
      if (isDiscontinuity) number += 1;
      return [playlist.mediaSequence + index, number];
    }),
  );
}

function requireConformant(playlist: MediaPlaylist, now: number): void {
  expect(playlist.isEnded).toBe(false);
  for (const [index, segment] of playlist.segments.entries()) {
    expect(Math.round(segment.durationUs / 1e6)).toBeLessThanOrEqual(playlist.targetDurationSeconds);
    const next = playlist.segments[index + 1];
    const end = (segment.programDateTimeMs ?? Number.NaN) + segment.durationUs / 1000;
    // Dates are written in whole milliseconds.
    if (next) expect(Math.abs((next.programDateTimeMs ?? Number.NaN) - end)).toBeLessThanOrEqual(1);
    else {
      expect(end - 1).toBeLessThanOrEqual(now);
      // The next segment, still under way, is at most the longest one.
      expect(now - end).toBeLessThan((playlist.targetDurationSeconds + 0.5) * 1000 + 1);
    }
  }
}

const durations = fc.array(
  fc.integer({ min: 500, max: 6000 }).map((ms) => ms / 1000 + 0.000_417),
  {
    minLength: 1,
    maxLength: 12,
  },
);

test("any programme makes a conformant live playlist, over hours and years, in small steps and large ones", async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 12 });
  const begin = fc.integer({ min: 60_000, max: 20 * 365 * 24 * HOUR });
  await fc.assert(
    fc.asyncProperty(
      durations,
      begin,
      steps,
      fc.integer({ min: 3, max: 20 }),
      async (low, offset, gaps, window) => {
        await using folder = await temporaryFolder();
        const high = low.map((duration) => Math.max(0.1, duration - 0.02));
        await writeFiles(folder.path, programmeFiles({ low, high }));
        const stream = { kind: "loop", folder: folder.path, windowSegments: window } as const;
        await using server = await serve(stream);
        const numbers = new Map<number, number>();
        const dates = new Map<number, number | undefined>();
        let now = EPOCH + offset;
        let before = 0;
        for (const gap of gaps) {
          now += gap;
          const playlist = await server.at(now);
          requireConformant(playlist, now);
          expect(playlist.mediaSequence).toBeGreaterThanOrEqual(before);
          before = playlist.mediaSequence;
          expect(playlist.segments.length).toBe(Math.min(window, before + playlist.segments.length));
          // What was said about a segment once stays true in every later playlist.
          for (const [sequence, number] of discontinuityNumbers(playlist)) {
            expect(numbers.get(sequence) ?? number).toBe(number);
            numbers.set(sequence, number);
            const date = playlist.segments[sequence - playlist.mediaSequence]?.programDateTimeMs;
            expect(dates.has(sequence) ? dates.get(sequence) : date).toBe(date);
            dates.set(sequence, date);
          }
          const other = await server.at(now, "high");
          expect({
            ...other,
            lines: [],
            segments: other.segments.map(({ durationUs }) => durationUs),
          }).toEqual({
            ...playlist,
            lines: [],
            segments: playlist.segments.map(({ durationUs }) => durationUs),
          });
        }
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test("the sample has exactly one more segment every two seconds, for ever", async () => {
  const live = defaultStreams().live as StreamConfig;
  await using server = await serve(live);
  for (const hours of [1, 24, 24 * 365, 24 * 365 * 30]) {
    const now = EPOCH + hours * HOUR;
    const playlist = await server.at(now, "360p");
    expect(playlist.mediaSequence + playlist.segments.length).toBe((hours * HOUR) / 2000);
    expect((await server.at(now - 1, "360p")).mediaSequence).toBe(playlist.mediaSequence - 1);
    expect((await server.at(now + 1999, "360p")).mediaSequence).toBe(playlist.mediaSequence);
    expect((await server.at(now + 2000, "360p")).mediaSequence).toBe(playlist.mediaSequence + 1);
    expect(playlist.segments[0]?.programDateTimeMs).toBe(now - 20_000);
  }
});

test("each seam is one discontinuity, counted when it has left the window", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2, 2] }));
  await using server = await serve({ kind: "loop", folder: folder.path, windowSegments: 4 });
  const seen = async (seconds: number) => {
    const playlist = await server.at(EPOCH + seconds * 1000);
    const marks = playlist.segments.map((segment) => (segment.isDiscontinuity ? "|" : "") + segment.uri);
    return `${playlist.discontinuitySequence}: ${marks.join(" ")}`;
  };
  expect(await seen(2)).toBe("0: 0.m4s");
  expect(await seen(8)).toBe("0: 0.m4s 1.m4s 2.m4s |3.m4s");
  expect(await seen(12)).toBe("0: 2.m4s |3.m4s 4.m4s 5.m4s");
  expect(await seen(14)).toBe("0: |3.m4s 4.m4s 5.m4s |6.m4s");
  expect(await seen(16)).toBe("1: 4.m4s 5.m4s |6.m4s 7.m4s");
});

test("a restarted origin, and another one, serve the same playlist", async () => {
  const live = defaultStreams().live as StreamConfig;
  const now = EPOCH + 1234 * HOUR + 567;
  const keys = [newKey("Ed25519")];
  const read = async () => {
    await using server = await serve(live, keys);
    // On a busy machine the origin opens its port before it has hashed every segment.
    for (;;) {
      const { lines, segments } = await server.at(now, "270p");
      if (lines.filter((line) => line.startsWith("#EXT-X-NEARCAST-SHA256")).length === segments.length)
        return lines;
    }
  };
  expect(await read()).toEqual(await read());
});

test("segments exist from their end until thirty segments after the window", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2, 2] }));
  await using server = await serve({ kind: "loop", folder: folder.path, windowSegments: 5 });
  await server.at(EPOCH + 2 * 1001 * 1000);
  expect(await server.get("low/1000.m4s")).toEqual({ status: 200, body: "low 1" });
  expect(await server.get("low/1001.m4s")).toEqual({
    status: 404,
    body: 'Segment 1001 of stream "live" is not on the air yet.\n',
  });
  expect(await server.get("low/966.m4s")).toEqual({ status: 200, body: "low 0" });
  expect(await server.get("low/965.m4s")).toEqual({
    status: 404,
    body: 'Segment 965 of stream "live" has left the live window.\n',
  });
  expect(await server.get("low/init.mp4")).toEqual({ status: 200, body: "low init" });
  for (const path of [
    "low/01000.m4s",
    "low/1000.ts",
    "1000.m4s",
    "low/seg-0.m4s",
    "low/-1.m4s",
    "low/1e3.m4s",
  ]) {
    expect((await server.get(path)).status, path).toBe(404);
  }
});

test("before the epoch of loops there is nothing to play, and the answer says why", async () => {
  await using server = await serve(defaultStreams().live as StreamConfig);
  expect(await server.get("360p/playlist.m3u8")).toEqual({
    status: 503,
    body: 'Stream "live" begins at 2026-01-01T00:00:00.000Z; the server\'s clock says it is earlier.\n',
  });
});

test("renditions in one folder get segment names of their own", async () => {
  await using folder = await temporaryFolder();
  const playlist = (name: string) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${name}.ts\n#EXTINF:2,\n${name}.ts\n#EXT-X-ENDLIST\n`;
  await writeFiles(folder.path, {
    "master.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nb.m3u8\n",
    "a.m3u8": playlist("a"),
    "b.m3u8": playlist("b"),
    "a.ts": "from a",
    "b.ts": "from b",
  });
  const origin = createOrigin({
    port: 0,
    streams: { live: { kind: "loop", folder: folder.path } },
    clock: () => EPOCH + 10_000,
  });
  await using _ = origin;
  const { url } = await origin.listen();
  expect(await (await fetch(`${url}/hls/live/b.m3u8`)).text()).toContain("\nb-4.ts\n");
  expect(await (await fetch(`${url}/hls/live/b-4.ts`)).text()).toBe("from b");
  expect(await (await fetch(`${url}/hls/live/a-4.ts`)).text()).toBe("from a");
});
