import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import {
  createOrigin,
  defaultStreams,
  type OriginOptions,
  type PlaylistToFilter,
} from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { rawGet } from "../support/origin-raw-request.js";

async function serve(options: Partial<OriginOptions>) {
  const origin = createOrigin({ port: 0, streams: defaultStreams(), integrityKeys: [], ...options });
  const { url, port } = await origin.listen();
  return { url, port, [Symbol.asyncDispose]: () => origin.close() };
}

test("a live playlist that a thousand viewers poll is filtered once per change", async () => {
  let nowMs = Date.UTC(2026, 5, 1);
  const filtered: string[] = [];
  await using server = await serve({
    clock: () => nowMs,
    playlistFilter: ({ path, text }) => {
      filtered.push(path);
      return `${text}#EXT-X-COUNT:${filtered.length}\n`;
    },
  });
  const poll = async () => {
    const url = `${server.url}/hls/live/360p/playlist.m3u8`;
    const batch = async () => Promise.all(Array.from({ length: 100 }, async () => (await fetch(url)).text()));
    const answers = new Set<string>();
    for (let round = 0; round < 10; round += 1) for (const answer of await batch()) answers.add(answer);
    return [...answers].map((answer) => /COUNT:(\d+)/.exec(answer)?.[1]);
  };
  expect(await poll()).toEqual(["1"]);
  nowMs += 2_000;
  expect(await poll()).toEqual(["2"]);
  expect(filtered).toEqual(["360p/playlist.m3u8", "360p/playlist.m3u8"]);
});

test("a filter gets the media playlists of every kind of stream, and the segments as clients get them", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2, 2] }));
  const seen: PlaylistToFilter[] = [];
  await using server = await serve({
    streams: {
      vod: { kind: "folder", folder: folder.path },
      live: { kind: "loop", folder: folder.path },
    },
    playlistFilter: async (playlist) => {
      seen.push(playlist);
      const uri = playlist.text.split("\n").filter((line) => line.endsWith(".m4s"))[1];
      return `${playlist.text}# ${await text(Readable.from(playlist.read(`low/${uri}`)))}\n`;
    },
  });
  for (const stream of ["vod", "live"]) {
    await (await fetch(`${server.url}/hls/${stream}/master.m3u8`)).text();
    const served = await (await fetch(`${server.url}/hls/${stream}/low/playlist.m3u8`)).text();
    expect(served).toMatch(/^# low \d$/m);
  }
  expect(seen.map(({ stream, path }) => [stream, path])).toEqual([
    ["vod", "low/playlist.m3u8"],
    ["live", "low/playlist.m3u8"],
  ]);
});

test("when a filter fails the playlist is served as it was, and the filter is asked again", async () => {
  let isBroken = true;
  await using server = await serve({
    playlistFilter: ({ text }) => {
      if (isBroken) throw new Error("the key is gone");
      return `${text}#EXT-X-DONE\n`;
    },
  });
  const get = async () => (await fetch(`${server.url}/hls/sample/360p/playlist.m3u8`)).text();
  expect(await get()).toMatch(/#EXT-X-ENDLIST\n$/);
  isBroken = false;
  expect(await get()).toMatch(/#EXT-X-DONE\n$/);
});

test("playlists are compressed for clients that take gzip, segments never", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: Array<number>(50).fill(2) }));
  await using server = await serve({ streams: { vod: { kind: "folder", folder: folder.path } } });
  const path = "/hls/vod/low/playlist.m3u8";
  const plain = await rawGet(server.port, path);
  const get = (target: string, encoding: string) =>
    fetch(`${server.url}${target}`, { headers: { "Accept-Encoding": encoding } });
  const compressed = await get(path, "gzip, br");
  expect(compressed.headers.get("content-encoding")).toBe("gzip");
  expect(compressed.headers.get("vary")).toContain("Accept-Encoding");
  expect(await compressed.text()).toBe(plain.body);
  for (const encoding of ["identity", "br", "gzip;q=0"]) {
    const response = await get(path, encoding);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(await response.text()).toBe(plain.body);
  }
  const segment = await get("/hls/vod/low/seg-0.m4s", "gzip");
  expect(segment.headers.get("content-encoding")).toBeNull();
  await segment.arrayBuffer();
});

test("each encoding of a playlist has a validator of its own", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: Array<number>(50).fill(2) }));
  await using server = await serve({ streams: { vod: { kind: "folder", folder: folder.path } } });
  const path = "/hls/vod/low/playlist.m3u8";
  const tagFor = async (encoding: string) => {
    const response = await fetch(`${server.url}${path}`, { headers: { "Accept-Encoding": encoding } });
    await response.text();
    return response.headers.get("etag") ?? "";
  };
  const [plain, gzipped] = [await tagFor("identity"), await tagFor("gzip")];
  expect(plain).not.toBe(gzipped);
  const status = async (etag: string, encoding: string) =>
    (await rawGet(server.port, path, { "If-None-Match": etag, "Accept-Encoding": encoding })).status;
  expect(await status(gzipped, "gzip")).toBe(304);
  expect(await status(plain, "gzip")).toBe(200);
  expect(await status(plain, "identity")).toBe(304);
});
