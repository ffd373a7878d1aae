import { readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ORIGIN_METRICS } from "../../origin/index.js";
import { parseMediaPlaylist } from "../../origin/playlist/media.js";
import { temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { pushedPlaylist, startIngest } from "../support/origin-push.js";

const urisIn = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test("what an encoder pushes is what viewers get", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  expect(await live.push("master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/live.m3u8\n")).toBe(201);
  expect((await live.read("v/live.m3u8")).status).toBe(404);
  await live.pushWindow([0]);
  await live.pushWindow([0, 1]);
  expect((await live.read("master.m3u8")).text).toContain("v/live.m3u8");
  const { text, headers } = await live.read("v/live.m3u8");
  expect(urisIn(text)).toEqual(["seg-0.ts", "seg-1.ts"]);
  expect(headers.get("cache-control")).toBe("public, max-age=1");
  const segment = await live.read("v/seg-1.ts");
  expect(segment.text).toBe("segment 1");
  expect(segment.headers.get("content-length")).toBe("9");
  expect(segment.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});

test("a playlist never names a segment that is not there yet", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  await live.push("v/seg-0.ts", "0");
  await live.push("v/live.m3u8", pushedPlaylist([0, 1, 2]));
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts"]);
  await live.push("v/seg-2.ts", "2");
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts"]);
  await live.push("v/seg-1.ts", "1");
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts", "seg-1.ts", "seg-2.ts"]);
});

test("a segment that never comes becomes a gap once others have waited for it", async () => {
  await using folder = await temporaryFolder();
  let nowMs = 1_000_000;
  await using live = await startIngest({ folder: folder.path }, { clock: () => nowMs });
  await live.push("v/seg-0.ts", "0");
  await live.push("v/seg-2.ts", "2");
  await live.push("v/live.m3u8", pushedPlaylist([0, 1, 2]));
  nowMs += 3_999;
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts"]);
  nowMs += 1;
  expect((await live.read("v/live.m3u8")).text).toContain(
    "#EXT-X-GAP\nseg-1.ts\n#EXTINF:2.000000,\nseg-2.ts",
  );
});

test("in whatever order files arrive, each playlist on the way is whole and the last one complete", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6, maxLength: 6 }),
      fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }),
      async (order, lists) => {
        await using folder = await temporaryFolder();
        await using live = await startIngest({ folder: folder.path });
        const pushes = order.map((sequence, index): [string, string] => {
          return [`v/seg-${sequence}.ts`, `content ${sequence} ${index}`];
        });
        for (const [index, last] of lists.entries()) {
          const sequences = Array.from({ length: last + 1 }, (_, sequence) => sequence);
          pushes.splice(index * 2, 0, ["v/live.m3u8", pushedPlaylist(sequences)]);
        }
        pushes.push(["v/live.m3u8", pushedPlaylist([0, 1, 2, 3, 4, 5])]);
        for (const [path, content] of pushes) {
          await live.push(path, content);
          const playlist = await live.read("v/live.m3u8");
          if (playlist.status === 404) continue;
          const uris = urisIn(playlist.text);
          expect(uris).toEqual(uris.map((_, sequence) => `seg-${sequence}.ts`));
          for (const uri of uris) expect((await live.read(`v/${uri}`)).status).toBe(200);
        }
        expect(urisIn((await live.read("v/live.m3u8")).text)).toHaveLength(6);
      },
    ),
    { numRuns: 6 },
  );
});

test("a restarted encoder goes on after a discontinuity, under names that caches have not seen", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  for (const window of [[0], [0, 1], [0, 1, 2]]) await live.pushWindow(window);
  for (const window of [[0], [0, 1]]) await live.pushWindow(window, { content: "again" });
  const { text } = await live.read("v/live.m3u8");
  expect(text.split("\n").filter((line) => line.endsWith(".ts") || line === "#EXT-X-DISCONTINUITY")).toEqual([
    "seg-0.ts",
    "seg-1.ts",
    "seg-2.ts",
    "#EXT-X-DISCONTINUITY",
    "seg-0~1.ts",
    "seg-1~1.ts",
  ]);
  expect(text).toContain("#EXT-X-MEDIA-SEQUENCE:0\n");
  expect((await live.read("v/seg-1.ts")).text).toBe("segment 1");
  expect((await live.read("v/seg-1~1.ts")).text).toBe("again 1");
});

test("an encoder that skips ahead goes on after a discontinuity", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  await live.pushWindow([4]);
  await live.pushWindow([9]);
  expect((await live.read("v/live.m3u8")).text).toMatch(
    /seg-4\.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2.000000,\nseg-9\.ts/,
  );
});

test("a playlist that arrives late changes nothing", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  for (const window of [[0], [0, 1], [0, 1, 2]]) await live.pushWindow(window);
  const before = (await live.read("v/live.m3u8")).text;
  expect(await live.push("v/live.m3u8", pushedPlaylist([0, 1]))).toBe(204);
  expect((await live.read("v/live.m3u8")).text).toBe(before);
});

test("viewers hear of the end only when the encoder does not come back", async () => {
  await using folder = await temporaryFolder();
  let nowMs = 1_000_000;
  await using live = await startIngest({ folder: folder.path, restartSeconds: 10 }, { clock: () => nowMs });
  await live.pushWindow([0]);
  await live.pushWindow([0, 1], { isEnded: true });
  nowMs += 9_999;
  expect((await live.read("v/live.m3u8")).text).not.toContain("#EXT-X-ENDLIST");
  await live.pushWindow([0], { content: "again" });
  nowMs += 60_000;
  expect((await live.read("v/live.m3u8")).text).not.toContain("#EXT-X-ENDLIST");
  await live.pushWindow([0, 1], { content: "again", isEnded: true });
  nowMs += 10_000;
  expect((await live.read("v/live.m3u8")).text).toMatch(/seg-1~1\.ts\n#EXT-X-ENDLIST\n$/);
});

test("segments leave the playlist with the DVR window and the disk a while later, counted on", async () => {
  await using folder = await temporaryFolder();
  let nowMs = 1_000_000;
  await using live = await startIngest({ folder: folder.path, windowSeconds: 8 }, { clock: () => nowMs });
  await live.pushWindow([0]);
  await live.pushWindow([0], { content: "again" });
  for (let newest = 1; newest < 6; newest += 1) {
    await live.pushWindow([newest - 1, newest], { content: "again" });
    nowMs += 2_000;
  }
  const { text } = await live.read("v/live.m3u8");
  expect(urisIn(text)).toEqual(["seg-2.ts", "seg-3.ts", "seg-4.ts", "seg-5.ts"]);
  expect(text).toContain("#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n");
  expect((await live.read("v/seg-0.ts")).status).toBe(200);
  nowMs += 120_000;
  await live.pushWindow([5, 6], { content: "again" });
  expect((await live.read("v/seg-0.ts")).status).toBe(404);
  expect((await readdir(join(folder.path, "v"))).sort()).toEqual([
    "seg-3.ts",
    "seg-4.ts",
    "seg-5.ts",
    "seg-6.ts",
  ]);
});

test("an encoder's DELETE takes away what no playlist names, and nothing else", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  await live.pushWindow([0]);
  await live.push("v/stray.ts", "stray");
  const remove = async (path: string) =>
    (await fetch(`${live.url}/ingest/live/${path}`, { method: "DELETE" })).status;
  expect([await remove("v/seg-0.ts"), await remove("v/stray.ts"), await remove("v/none.ts")]).toEqual([
    202, 204, 404,
  ]);
  expect((await live.read("v/seg-0.ts")).status).toBe(200);
  expect((await live.read("v/stray.ts")).status).toBe(404);
  expect(await remove("v/live.m3u8")).toBe(204);
  expect((await live.read("v/live.m3u8")).status).toBe(404);
});

test("encryption keys, cues and dates of the encoder reach viewers, and hold as long as they should", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path, windowSeconds: 4 });
  for (const sequence of [0, 1, 2, 3]) await live.push(`s${sequence}.ts`, String(sequence));
  const head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  const key = '#EXT-X-KEY:METHOD=AES-128,URI="a.key"';
  await live.push(
    "live.m3u8",
    `${head}${key}\n#EXTINF:2,\ns0.ts\n#EXT-X-CUE-OUT:DURATION=4\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02Z\n#EXTINF:2,\ns1.ts\n#EXTINF:2,\ns2.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2,\ns3.ts\n`,
  );
  expect((await live.read("live.m3u8")).text).toBe(
    `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n${key}\n#EXT-X-CUE-OUT:DURATION=4\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z\n#EXTINF:2.000000,\ns1.ts\n#EXTINF:2.000000,\ns2.ts\n#EXT-X-KEY:METHOD=NONE\n#EXTINF:2.000000,\ns3.ts\n`,
  );
});

test("everything published is there again after a restart, and the encoder goes on as if nothing had been", async () => {
  await using folder = await temporaryFolder();
  {
    await using live = await startIngest({ folder: folder.path });
    await live.push("master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/live.m3u8\n");
    for (const window of [[0], [0, 1]]) await live.pushWindow(window);
    await live.push("v/seg-2.ts", "segment 2");
  }
  await writeFiles(folder.path, { ".nearcast/uploads/7": "half", ".nearcast/broken.json": "{" });
  await using live = await startIngest({ folder: folder.path });
  expect((await live.read("master.m3u8")).status).toBe(200);
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts", "seg-1.ts"]);
  await live.push("v/live.m3u8", pushedPlaylist([0, 1, 2]));
  const { text } = await live.read("v/live.m3u8");
  expect(urisIn(text)).toEqual(["seg-0.ts", "seg-1.ts", "seg-2.ts"]);
  expect(text).not.toContain("#EXT-X-DISCONTINUITY\n");
  expect(parseMediaPlaylist(text).mediaSequence).toBe(0);
});

test("how far the encoder is behind the wall clock can be watched", async () => {
  await using folder = await temporaryFolder();
  const clock = () => Date.UTC(2026, 0, 1, 0, 0, 10);
  await using live = await startIngest({ folder: folder.path }, { clock });
  await live.push("s0.ts", "0");
  const dated = "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:05Z\n#EXTINF:2,\ns0.ts\n";
  await live.push("live.m3u8", `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${dated}`);
  const metrics = await (await fetch(`${live.url}/metrics`)).text();
  expect(metrics).toContain(`${ORIGIN_METRICS.ingestLag}{stream="live"} 3\n`);
  expect(metrics).toContain(`${ORIGIN_METRICS.ingestPushes}{stream="live",status="201"} 2\n`);
});
