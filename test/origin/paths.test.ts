import { mkdir, symlink, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createOrigin } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { rawGet } from "../support/origin-raw-request.js";

async function serve(root: string) {
  const folder = join(root, "public");
  await writeFiles(folder, programmeFiles({ low: [2, 2, 2] }));
  await writeFiles(root, {
    "secret.mp4": "secret",
    "public/.hidden.mp4": "secret",
    "public/low/.git/x.mp4": "secret",
  });
  const origin = createOrigin({
    port: 0,
    streams: { vod: { kind: "folder", folder }, live: { kind: "loop", folder } },
    // Two rounds and one segment after the epoch of loops.
    clock: () => Date.UTC(2026, 0, 1, 0, 0, 14),
  });
  const { url, port } = await origin.listen();
  return { folder, url, port, [Symbol.asyncDispose]: () => origin.close() };
}

test.each([
  ["/hls/vod/../secret.mp4", 400],
  ["/hls/vod/low/../../secret.mp4", 400],
  ["/hls/vod/%2e%2e/secret.mp4", 400],
  ["/hls/vod/.%2E/secret.mp4", 400],
  ["/hls/vod/..%2fsecret.mp4", 400],
  ["/hls/vod/..%5csecret.mp4", 400],
  ["/hls/vod/..\\secret.mp4", 400],
  ["/hls/vod/%252e%252e/secret.mp4", 404],
  ["/hls/vod/%252e%252e%252fsecret.mp4", 404],
  ["/hls/vod/%c0%ae%c0%ae/secret.mp4", 400],
  ["/hls/vod//secret.mp4", 404],
  ["/hls/vod/low/seg-0.m4s%00.txt", 400],
  ["/hls/vod/%00", 400],
  ["/hls/vod/%zz", 400],
  ["/hls/%2e%2e/secret.mp4", 400],
  ["/hls/..%2fvod/master.m3u8", 400],
  ["http://origin/hls/vod/../secret.mp4", 400],
  ["/hls/vod/.hidden.mp4", 404],
  ["/hls/vod/%2ehidden.mp4", 404],
  ["/hls/vod/low/.git/x.mp4", 404],
  ["/hls/live/../vod/master.m3u8", 400],
  ["/hls/live/low/../../secret.mp4", 400],
  [`/hls/vod/${"a".repeat(5000)}.mp4`, 404],
])("GET %s is refused", async (target, status) => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const answer = await rawGet(server.port, target);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(/^[A-Z].*\.\n$/s);
  expect(answer.body).not.toContain("secret\n");
});

test("links are followed inside the folder and not out of it", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  await symlink(join(server.folder, "low/seg-0.m4s"), join(server.folder, "inside.m4s"));
  await symlink(join(root.path, "secret.mp4"), join(server.folder, "outside.mp4"));
  await symlink(root.path, join(server.folder, "up"));
  await symlink(join(server.folder, ".hidden.mp4"), join(server.folder, "shown.mp4"));
  const status = async (path: string) => (await fetch(`${server.url}/hls/vod/${path}`)).status;
  expect(await status("inside.m4s")).toBe(200);
  expect(await status("outside.mp4")).toBe(404);
  expect(await status("up/secret.mp4")).toBe(404);
  expect(await status("shown.mp4")).toBe(404);
});

test.each([
  ["a.ts", "video/mp2t"],
  ["a.m4s", "video/mp4"],
  ["a.mp4", "video/mp4"],
  ["a.m4a", "audio/mp4"],
  ["a.aac", "audio/aac"],
  ["a.vtt", "text/vtt"],
  ["a.key", "application/octet-stream"],
  ["a b+ü%.ts", "video/mp2t"],
])("%s is served as %s", async (name, type) => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  await writeFiles(server.folder, { [name]: "content" });
  const response = await fetch(`${server.url}/hls/vod/${encodeURIComponent(name)}`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
  expect(await response.text()).toBe("content");
});

test.each(["make.sh", "passwords", "page.html", "index.js"])(
  "%s is no media file and stays hidden",
  async (name) => {
    await using root = await temporaryFolder();
    await using server = await serve(root.path);
    await writeFiles(server.folder, { [name]: "secret" });
    expect((await fetch(`${server.url}/hls/vod/${name}`)).status).toBe(404);
  },
);

test("a folder named like a segment is no file", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  await mkdir(join(server.folder, "folder.m4s"));
  expect((await fetch(`${server.url}/hls/vod/folder.m4s`)).status).toBe(404);
});

test("segments cut short or removed while serving are answered with a sentence", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/hls/${path}`);
    return [response.status, await response.text()];
  };
  expect(await get("live/low/6.m4s")).toEqual([200, "low 0"]);
  await truncate(join(server.folder, "low/seg-0.m4s"), 0);
  await unlink(join(server.folder, "low/seg-1.m4s"));
  expect(await get("live/low/6.m4s")).toEqual([
    500,
    'The file behind "low/6.m4s" of stream "live" has changed: 5 bytes at start, 0 now.\n',
  ]);
  expect(await get("live/low/4.m4s")).toEqual([
    404,
    'The file behind "low/4.m4s" of stream "live" is gone.\n',
  ]);
  expect(await get("vod/low/seg-0.m4s")).toEqual([404, '"low/seg-0.m4s" of stream "vod" is still empty.\n']);
  expect(await get("live/low/5.m4s")).toEqual([200, "low 2"]);
});

test("a playlist that breaks while serving is a 500 with the line, and recovers", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  await writeFiles(server.folder, { "low/playlist.m3u8": "#EXTM3U\n#EXTINF:soon,\n" });
  const response = await fetch(`${server.url}/hls/vod/low/playlist.m3u8`);
  expect([response.status, await response.text()]).toEqual([
    500,
    '"low/playlist.m3u8" of stream "vod" cannot be read: line 2: #EXTINF expects seconds and a comma, got "soon,".\n',
  ]);
  await writeFiles(server.folder, { "low/playlist.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:6\n" });
  const again = await fetch(`${server.url}/hls/vod/low/playlist.m3u8`);
  expect([again.status, again.headers.get("cache-control")]).toEqual([200, "public, max-age=3"]);
});
