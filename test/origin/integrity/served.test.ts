import { readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import { expect, test } from "vitest";
import { createOrigin, defaultStreams, tagPlaylists } from "../../../origin/index.js";
import { readDigests, removeIntegrity } from "../../../player/protocol/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../../support/origin-programme.js";
import { rawGet } from "../../support/origin-raw-request.js";
import { newKey } from "../../support/playlist-keys.js";
import { expectDigestsOf, isSignedBy, publishedKeys } from "../../support/signed-playlists.js";

/** A server of an Express app on a free port, until the end of the scope. */
async function serve(handler: express.RequestHandler | express.RequestHandler[]) {
  const server = createServer(express().use(handler));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits until a playlist vouches for all its segments; the first answer waits for the newest only. */
async function wholeOf(url: string): Promise<void> {
  for (;;) {
    const digests = readDigests(await (await fetch(url)).text());
    if (digests.every((digest) => digest !== undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test.each(["sample", "live"])("an origin without any key vouches for every segment of %s", async (stream) => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  const { text, segments } = await expectDigestsOf(`${url}/hls/${stream}/270p/playlist.m3u8`);
  expect(segments).toBeGreaterThanOrEqual(10);
  expect(await isSignedBy(text, await publishedKeys(url))).toBe(true);
  const again = await (await fetch(`${url}/hls/${stream}/270p/playlist.m3u8`)).text();
  // A live playlist may have changed meanwhile.
  if (removeIntegrity(again) === removeIntegrity(text)) expect(again).toBe(text);
  const master = await (await fetch(`${url}/hls/${stream}/master.m3u8`)).text();
  expect(master).not.toContain("NEARCAST");
});

test("origins with the same Ed25519 key serve the same playlist to the byte, so that caches can mix them", async () => {
  const integrityKeys = [newKey("Ed25519")];
  const read = async () => {
    await using origin = createOrigin({ port: 0, streams: defaultStreams(), integrityKeys });
    const { url } = await origin.listen();
    return (await fetch(`${url}/hls/sample/270p/playlist.m3u8`)).text();
  };
  expect(await read()).toBe(await read());
});

test("without keys, playlists stay as they are and no keys are published", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams(), integrityKeys: [] });
  const { url } = await origin.listen();
  expect(await (await fetch(`${url}/hls/sample/270p/playlist.m3u8`)).text()).not.toContain("NEARCAST");
  expect((await fetch(`${url}/.well-known/nearcast.json`)).status).toBe(404);
});

test("a growing folder's playlist vouches for each segment as soon as it names it", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2, 2] }));
  await using origin = createOrigin({ port: 0, streams: { a: { kind: "folder", folder: folder.path } } });
  const { url } = await origin.listen();
  const playlistUrl = `${url}/hls/a/low/playlist.m3u8`;
  await expectDigestsOf(playlistUrl);
  const file = join(folder.path, "low/playlist.m3u8");
  const text = (await readFile(file, "utf8")).replace("#EXT-X-ENDLIST", "#EXTINF:2,\nnew.m4s");
  await writeFile(join(folder.path, "low/new.m4s"), "as new as can be");
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
  expect(await expectDigestsOf(playlistUrl)).toMatchObject({ segments: 4 });
});

test("as a middleware it tags the playlists of a folder, and leaves the rest to others", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2, 2] }));
  const keys = [newKey()] as const;
  await using server = await serve([
    tagPlaylists({ keys, from: { folder: folder.path } }),
    express.static(folder.path),
  ]);
  await wholeOf(`${server.url}/low/playlist.m3u8`);
  const { text } = await expectDigestsOf(`${server.url}/low/playlist.m3u8`);
  expect(await isSignedBy(text, await publishedKeys(server.url))).toBe(true);
  const response = await fetch(`${server.url}/low/playlist.m3u8`);
  expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
  const etag = response.headers.get("etag") ?? "";
  const { status } = await rawGet(Number(new URL(server.url).port), "/low/playlist.m3u8", {
    "If-None-Match": etag,
  });
  expect(status).toBe(304);
  expect((await fetch(`${server.url}/nothing.m3u8`)).status).toBe(404);
  expect((await fetch(`${server.url}/..%2f..%2fetc%2fpasswd.m3u8`)).status).toBeGreaterThanOrEqual(400);
});

test("as a middleware it tags the playlists of another server", async () => {
  await using folder = await temporaryFolder();
  const crlf = programmeFiles({ low: [2, 2, 2] });
  crlf["low/playlist.m3u8"] = crlf["low/playlist.m3u8"]?.replaceAll("\n", "\r\n") ?? "";
  await writeFiles(folder.path, crlf);
  await using upstream = await serve(express.static(folder.path));
  const keys = [newKey("Ed25519")] as const;
  await using server = await serve([
    tagPlaylists({ keys, from: { url: `${upstream.url}/` } }),
    (req, res) => res.redirect(307, upstream.url + req.url),
  ]);
  await wholeOf(`${server.url}/low/playlist.m3u8`);
  const { text } = await expectDigestsOf(`${server.url}/low/playlist.m3u8`);
  expect(removeIntegrity(text)).toBe(crlf["low/playlist.m3u8"]);
  expect(
    await isSignedBy(
      text,
      keys.map(({ publicJwk }) => publicJwk),
    ),
  ).toBe(true);
  expect(() => tagPlaylists({ keys, from: { url: "ftp://a/" } })).toThrow(
    "url: expected an http: or https: address",
  );
});
