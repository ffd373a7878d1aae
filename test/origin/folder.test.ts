import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createOrigin } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

async function serve(folder: string, growing = true) {
  const streams = { films: { kind: "folder", folder, growing } } as const;
  const origin = createOrigin({ port: 0, streams, integrityKeys: [] });
  const { url } = await origin.listen();
  const get = async (path: string) => {
    const response = await fetch(`${url}/hls/films/${path}`);
    return {
      status: response.status,
      text: await response.text(),
      caching: response.headers.get("cache-control"),
    };
  };
  return { get, [Symbol.asyncDispose]: () => origin.close() };
}

test("a folder that a packager is going to write may be empty at start", async () => {
  await using folder = await temporaryFolder();
  await using server = await serve(folder.path);
  expect((await server.get("master.m3u8")).status).toBe(404);
  await writeFiles(folder.path, programmeFiles({ low: [2, 2] }));
  expect((await server.get("master.m3u8")).status).toBe(200);
  expect((await server.get("low/playlist.m3u8")).text).toContain("seg-1.m4s");
});

test("a segment is kept by caches for ever once a playlist names it, and not at all before", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2] }));
  await using server = await serve(folder.path);
  expect((await server.get("low/seg-1.m4s")).caching).toBe("no-cache");
  await server.get("low/playlist.m3u8");
  expect((await server.get("low/seg-1.m4s")).caching).toBe("public, max-age=31536000, immutable");
});

test("a segment that is replaced is served as it is now, from memory, too", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2] }));
  await using server = await serve(folder.path);
  for (const _ of [1, 2, 3]) expect((await server.get("low/seg-0.m4s")).text).toBe("low 0");
  await writeFiles(folder.path, { "low/seg-0.m4s": "another" });
  expect((await server.get("low/seg-0.m4s")).text).toBe("another");
});

test("a playlist of 100,000 lines is served", async () => {
  await using folder = await temporaryFolder();
  const lines = Array.from({ length: 50_000 }, (_, index) => `#EXTINF:2,\nseg-${index}.ts\n`).join("");
  await writeFiles(folder.path, { "long.m3u8": `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${lines}` });
  await using server = await serve(folder.path);
  expect((await server.get("long.m3u8")).text).toContain("seg-49999.ts");
});

test.each<[string, string | Uint8Array, string]>([
  ["is no text", Buffer.from([0xff, 0xfe, 0]), "expected UTF-8"],
  ["is a page", "<html>", "line 1: expected #EXTM3U"],
  ["is endless", "#EXTM3U\n".padEnd(17 * 1024 * 1024, "#"), "expected at most 16777216 bytes, got 17825792"],
])("a playlist that %s is a 500 with the reason, and the rest is served", async (_, content, reason) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { ...programmeFiles({ low: [2] }), "broken.m3u8": content });
  await using server = await serve(folder.path, false);
  expect(await server.get("broken.m3u8")).toMatchObject({
    status: 500,
    text: `"broken.m3u8" of stream "films" cannot be read: ${reason}.\n`,
  });
  expect((await server.get("low/playlist.m3u8")).status).toBe(200);
});

test("a playlist that names itself is served, and tagged without end of it", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "self.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nself.m3u8\n" });
  const streams = { films: { kind: "folder", folder: folder.path, growing: true } } as const;
  await using origin = createOrigin({ port: 0, streams });
  const { url } = await origin.listen();
  const response = await fetch(`${url}/hls/films/self.m3u8`);
  expect([response.status, (await response.text()).split("\n").includes("self.m3u8")]).toEqual([200, true]);
});

test("a folder that is named like a playlist is none", async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, "folder.m3u8"));
  await using server = await serve(folder.path);
  expect((await server.get("folder.m3u8")).status).toBe(404);
});
