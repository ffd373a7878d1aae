import { once } from "node:events";
import { chmod, readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, createOrigin } from "../../origin/index.js";
import { temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { pushedPlaylist, startIngest } from "../support/origin-push.js";

const urisIn = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

test.each<[string, string, string, number, RegExp]>([
  ["a playlist that is HTML", "live.m3u8", "<html>", 422, /line 1: expected #EXTM3U/],
  [
    "a playlist that names itself",
    "live.m3u8",
    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nlive.m3u8\n",
    422,
    /expected a media file of this stream/,
  ],
  [
    "a playlist of another host's segments",
    "live.m3u8",
    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://a.example/s.ts\n",
    422,
    /expected a media file of this stream/,
  ],
  [
    "a playlist of hidden files",
    "live.m3u8",
    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n.nearcast/x.ts\n",
    422,
    /expected a media file of this stream/,
  ],
  ["an empty segment", "s.ts", "", 400, /is empty/],
  ["a page", "index.html", "<html>", 415, /is no media file/],
  ["a hidden file", ".nearcast/x.ts", "x", 404, /no file/],
  ["a file outside", "v/..%2fx.ts", "x", 400, /leaves its folder/],
  ["a deep path", "a/b/c/d/e/f/g/h/i.ts", "x", 400, /too long/],
  ["a segment that is too large", "s.ts", "x".repeat(2_000), 413, /at most 1000 are taken/],
])("%s is refused and what is published stays", async (_, path, body, status, sentence) => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path, maxSegmentBytes: 1_000 });
  await live.push("seg-0.ts", "0");
  await live.push("live.m3u8", pushedPlaylist([0]));
  const before = (await live.read("live.m3u8")).text;
  const response = await fetch(`${live.url}/ingest/live/${path}`, { method: "PUT", body });
  expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(sentence)]);
  expect((await live.read("live.m3u8")).text).toBe(before);
});

test("bytes that are no UTF-8 are no playlist", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  expect(await live.push("live.m3u8", Buffer.from([...Buffer.from("#EXTM3U\n"), 0xff, 0xfe]))).toBe(422);
});

test("a playlist of 100,000 lines is taken in", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  await live.push("v/seg-0.ts", "0");
  await live.push("v/live.m3u8", pushedPlaylist(Array.from({ length: 50_000 }, (_, sequence) => sequence)));
  expect(urisIn((await live.read("v/live.m3u8")).text)).toEqual(["seg-0.ts"]);
});

test("an upload in chunks beyond the limit is refused while it comes", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path, maxSegmentBytes: 1_000 });
  const socket = connect(live.port, "127.0.0.1");
  socket.write("PUT /ingest/live/s.ts HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n");
  socket.write(`258\r\n${"a".repeat(600)}\r\n258\r\n${"a".repeat(600)}\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  expect((await live.read("s.ts")).status).toBe(404);
});

test("an upload is followed while it arrives; when it breaks off, so does the reader and nothing stays", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path });
  const socket = connect(live.port, "127.0.0.1");
  socket.write(
    "PUT /ingest/live/s.ts HTTP/1.1\r\nHost: o\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
  );
  const follow = async () => {
    for (;;) {
      const response = await fetch(`${live.url}/hls/live/s.ts`);
      if (response.status === 200) return response.body?.getReader() ?? expect.unreachable();
      await response.text();
    }
  };
  const reader = await follow();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("first");
  socket.write("6\r\nsecond\r\n");
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("second");
  const end = reader.read();
  socket.destroy();
  await expect(end).rejects.toThrow();
  expect((await live.read("s.ts")).status).toBe(404);
  expect(await readdir(join(folder.path, ".nearcast/uploads"))).toEqual([]);
});

test("an encoder that stops sending in mid-upload is let go", async () => {
  await using folder = await temporaryFolder();
  await using live = await startIngest({ folder: folder.path, idleSeconds: 0.05 });
  const socket = connect(live.port, "127.0.0.1");
  socket.write("PUT /ingest/live/s.ts HTTP/1.1\r\nHost: o\r\nContent-Length: 100\r\n\r\nhalf");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 .*sent nothing for 0\.05 s/s);
  expect(await readdir(join(folder.path, ".nearcast/uploads"))).toEqual([]);
});

test("pushing needs the ingest key, as Bearer or as Basic password", async () => {
  await using folder = await temporaryFolder();
  const key = "k".repeat(32);
  const keyFile = join(folder.path, "ingest.key");
  await writeFiles(folder.path, { "ingest.key": `${key}\n` });
  const config = { folder: join(folder.path, "media"), keyFile };
  await expect(async () => startIngest(config)).rejects.toThrow(
    /^streams\.live\.keyFile: every user .* chmod 600/,
  );
  await chmod(keyFile, 0o600);
  await using live = await startIngest(config);
  const push = async (headers: Record<string, string>) => {
    const response = await fetch(`${live.url}/ingest/live/s.ts`, { method: "PUT", body: "x", headers });
    return [response.status, response.headers.get("www-authenticate") !== null];
  };
  const basic = (secret: string) => `Basic ${Buffer.from(`ffmpeg:${secret}`).toString("base64")}`;
  expect(await push({})).toEqual([401, true]);
  expect(await push({ Authorization: `Bearer ${key}x` })).toEqual([401, true]);
  expect(await push({ Authorization: basic("wrong") })).toEqual([401, true]);
  expect(await push({ Authorization: `Bearer ${key}` })).toEqual([201, false]);
  expect(await push({ Authorization: basic(key) })).toEqual([204, false]);
});

test("an ingest without a key is refused where other machines reach it, unless told to", async () => {
  await using folder = await temporaryFolder();
  const streams = { live: { kind: "ingest", folder: folder.path } } as const;
  const refused = () => createOrigin({ port: 0, host: "0.0.0.0", streams });
  expect(refused).toThrow(ConfigError);
  expect(refused).toThrow(
    "streams.live.keyFile: is needed, because 0.0.0.0 can be reached from other machines",
  );
  await createOrigin({ port: 0, host: "0.0.0.0", streams, open: true }).close();
});
