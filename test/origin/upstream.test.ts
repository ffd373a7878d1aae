import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { freePort } from "../../loadtest/bench/free-port.js";
import { createOrigin, ORIGIN_METRICS, type OriginOptions, type UpstreamConfig } from "../../origin/index.js";
import { takeOverPlaylist } from "../../origin/upstream/upstream-playlist.js";
import { startUpstream } from "../support/broken-upstream.js";
import { Nginx } from "../support/nginx.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { rawGet } from "../support/origin-raw-request.js";

async function front(config: Omit<UpstreamConfig, "kind">, options: Partial<OriginOptions> = {}) {
  const streams = { cdn: { kind: "upstream", ...config } } as const;
  const origin = createOrigin({ port: 0, streams, integrityKeys: [], ...options });
  const { url, port } = await origin.listen();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/hls/cdn/${path}`, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { url, port, get, [Symbol.asyncDispose]: () => origin.close() };
}

const PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseg-0.ts\n";

test("in front of nginx everything is served, fetched once, and known playlists outlast a stop of nginx", async () => {
  await using folder = await temporaryFolder();
  const files = programmeFiles({ low: [2, 2, 2] });
  await writeFiles(join(folder.path, "www"), files);
  await using nginx = await Nginx.start(
    await freePort(),
    join(folder.path, "www"),
    join(folder.path, "nginx"),
  );
  let nowMs = 1_000_000;
  const options = { clock: () => nowMs };
  await using cdn = await front({ url: `${nginx.url}/`, staleSeconds: 20 }, options);
  for (const path of ["master.m3u8", "low/playlist.m3u8", "low/init.mp4", "low/seg-0.m4s", "low/seg-0.m4s"]) {
    const { status, text } = await cdn.get(path);
    expect([path, status, text]).toEqual([path, 200, files[path]]);
  }
  expect((await cdn.get("low/seg-0.m4s", { Range: "bytes=1-2" })).text).toBe("ow");
  expect((await cdn.get("low/none.m4s")).status).toBe(404);

  await nginx.stop();
  nowMs += 61_000;
  // Further than the bound from the last answer of the upstream.
  expect((await cdn.get("low/playlist.m3u8")).status).toBe(502);
  expect((await cdn.get("low/seg-0.m4s")).text).toBe("low 0");
  expect(await cdn.get("low/seg-1.m4s")).toMatchObject({
    status: 502,
    text: "The upstream cannot be reached.\n",
  });
  await nginx.start();
  nowMs += 1_000;
  expect((await cdn.get("low/playlist.m3u8")).status).toBe(200);
  expect((await cdn.get("low/seg-1.m4s")).text).toBe("low 1");
});

test("a playlist is served on while the upstream fails, for a bounded time, and the upstream is not hammered", async () => {
  let isFailing = false;
  await using upstream = await startUpstream((_, res) => {
    res.statusCode = isFailing ? 500 : 200;
    res.end(PLAYLIST);
  });
  let nowMs = 1_000_000;
  await using cdn = await front({ url: upstream.url, staleSeconds: 20 }, { clock: () => nowMs });
  const statuses = async () => Promise.all([1, 2, 3].map(async () => (await cdn.get("live.m3u8")).status));
  expect(await statuses()).toEqual([200, 200, 200]);
  isFailing = true;
  nowMs += 10_000;
  expect(await statuses()).toEqual([200, 200, 200]);
  expect(upstream.asked).toHaveLength(2);
  nowMs += 10_001;
  expect(await statuses()).toEqual([502, 502, 502]);
  isFailing = false;
  nowMs += 500;
  expect(await statuses()).toEqual([200, 200, 200]);
  const text = await (await fetch(`${cdn.url}/metrics`)).text();
  expect(text).toContain(`${ORIGIN_METRICS.upstreamErrors}{stream="cdn",reason="status"} 2`);
});

test("a hundred requests for one object are one request to the upstream, answered while it arrives", async () => {
  const open: ServerResponse[] = [];
  await using upstream = await startUpstream((_, res) => {
    res.writeHead(200, { "Content-Length": 10 });
    res.write("first");
    open.push(res);
  });
  await using cdn = await front({ url: upstream.url });
  const responses = await Promise.all(
    Array.from({ length: 100 }, () => fetch(`${cdn.url}/hls/cdn/seg-0.ts`)),
  );
  expect(upstream.asked).toHaveLength(1);
  expect(responses[0]?.headers.get("content-length")).toBe("10");
  open[0]?.end("other");
  const bodies = await Promise.all(responses.map((response) => response.text()));
  expect(new Set(bodies)).toEqual(new Set(["firstother"]));
  expect((await cdn.get("seg-0.ts", { Range: "bytes=5-" })).text).toBe("other");
  expect(upstream.asked).toHaveLength(1);
});

test("nothing of a viewer but the path reaches the upstream", async () => {
  await using upstream = await startUpstream((_, res) => res.end(PLAYLIST));
  await using cdn = await front({ url: upstream.url });
  await cdn.get("live.m3u8?token=secret", {
    Authorization: "Bearer secret",
    Cookie: "session=secret",
    Referer: "https://video.example/secret",
    "User-Agent": "secret",
    "X-Forwarded-For": "192.0.2.1",
  });
  expect(JSON.stringify(upstream.asked)).not.toMatch(/secret|192\.0\.2/);
  expect(upstream.asked[0]?.url).toBe("/base/live.m3u8");
});

type Answer = (req: IncomingMessage, res: ServerResponse) => void;
const redirect =
  (to: string): Answer =>
  (_, res) =>
    res.writeHead(302, { Location: to }).end();
test.each<[string, string, Answer, number, RegExp]>([
  [
    "another host",
    "seg.ts",
    redirect("http://other.example/seg.ts"),
    502,
    /another host, which is not followed/,
  ],
  ["another port", "seg.ts", redirect("http://127.0.0.1:1/seg.ts"), 502, /another host/],
  ["itself, round and round", "seg.ts", redirect("/base/seg.ts"), 502, /round and round/],
  [
    "a page for a segment",
    "seg.ts",
    (_, res) => res.setHeader("Content-Type", "text/html").end("<html>"),
    502,
    /sends a page/,
  ],
  ["a page for a playlist", "live.m3u8", (_, res) => res.end("<html>"), 502, /line 1: expected #EXTM3U/],
  [
    "bytes that are no text",
    "live.m3u8",
    (_, res) => res.end(Buffer.from([0xff, 0xfe])),
    502,
    /expected UTF-8/,
  ],
  ["nothing", "seg.ts", () => {}, 504, /has not answered within 0\.2 s/],
  ["an error", "seg.ts", (_, res) => res.writeHead(503).end(), 502, /status 503/],
  [
    "less than it promised",
    "live.m3u8",
    (_, res) => res.writeHead(200, { "Content-Length": 999 }).write(PLAYLIST),
    502,
    /broken off/,
  ],
  [
    "a wrong Content-Range",
    "seg.ts",
    (_, res) => res.writeHead(206, { "Content-Range": "bytes 0-9/20" }).end("abc"),
    502,
    /does not fit/,
  ],
  [
    "too much",
    "seg.ts",
    (_, res) => res.writeHead(200, { "Content-Length": 5_000_000 }).end(),
    502,
    /larger than/,
  ],
])("an upstream that sends %s is answered for with a sentence", async (_, path, answer, status, sentence) => {
  await using upstream = await startUpstream(answer);
  await using cdn = await front({ url: upstream.url, timeoutSeconds: 0.2, cacheBytes: 1_000_000 });
  const headers =
    path === "seg.ts" && status === 502 && String(sentence).includes("fit") ? { Range: "bytes=0-9" } : {};
  const { status: got, text } = await cdn.get(path, headers);
  expect([got, text]).toEqual([status, expect.stringMatching(sentence)]);
});

test.each<[string, (res: ServerResponse) => void]>([
  ["breaks off", (res) => res.destroy()],
  ["hangs", () => {}],
])(
  "a segment that %s in the middle ends for viewers, too, and is fetched anew for the next",
  async (_, end) => {
    let isBroken = true;
    await using upstream = await startUpstream((_, res) => {
      res.writeHead(200, { "Content-Length": 10 });
      if (!isBroken) return res.end("0123456789");
      res.write("01234", () => end(res));
    });
    await using cdn = await front({ url: upstream.url, timeoutSeconds: 0.2 });
    await expect(fetch(`${cdn.url}/hls/cdn/seg.ts`).then((response) => response.text())).rejects.toThrow();
    isBroken = false;
    expect((await cdn.get("seg.ts")).text).toBe("0123456789");
  },
);

test("an upstream that leads back to this origin is found out", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/hls/cdn/`;
  const origin = createOrigin({ port, streams: { cdn: { kind: "upstream", url } }, integrityKeys: [] });
  await using _ = origin;
  await origin.listen();
  const response = await fetch(`${url}seg.ts`);
  expect([response.status, await response.text()]).toEqual([
    502,
    'The upstream answers "seg.ts" with status 508.\n',
  ]);
});

test("the least recently used segments go when the memory is full", async () => {
  await using upstream = await startUpstream((_, res) => res.end(Buffer.alloc(400)));
  await using cdn = await front({ url: upstream.url, cacheBytes: 1_000 });
  for (const path of ["a.ts", "b.ts", "a.ts", "c.ts", "a.ts", "b.ts"]) await cdn.get(path);
  expect(upstream.asked.map(({ url }) => url.slice("/base/".length))).toEqual([
    "a.ts",
    "b.ts",
    "c.ts",
    "b.ts",
  ]);
});

test("signed addresses and byte ranges of the upstream are kept and hidden", async () => {
  const media = Buffer.from("0123456789".repeat(10));
  await using upstream = await startUpstream((req, res) => {
    const { pathname } = new URL(req.url ?? "", "http://upstream");
    if (pathname.endsWith(".m3u8")) {
      const range = "#EXTINF:2,\n#EXT-X-BYTERANGE:10@10\n/base/film.mp4?sig=abc\n";
      return res.end(
        `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MAP:URI="/elsewhere/init.mp4"\n${range}#EXT-X-ENDLIST\n`,
      );
    }
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(req.headers.range ?? "") ?? [];
    if (start === undefined) return res.writeHead(500).end();
    const headers = { "Content-Range": `bytes ${start}-${end}/100`, ETag: '"v1"' };
    res.writeHead(206, headers).end(media.subarray(Number(start), Number(end) + 1));
  });
  await using cdn = await front({ url: upstream.url });
  const { text } = await cdn.get("v/live.m3u8");
  expect(text).toContain("\n../film.mp4\n");
  expect(text).toContain(`URI="${new URL("/elsewhere/init.mp4", upstream.url)}"`);
  for (const _ of [1, 2]) {
    const part = await cdn.get("film.mp4", { Range: "bytes=10-19" });
    expect([part.status, part.text, part.headers.get("content-range")]).toEqual([
      206,
      "0123456789",
      "bytes 10-19/100",
    ]);
  }
  expect(upstream.asked.map(({ url }) => url)).toEqual(["/base/v/live.m3u8", "/base/film.mp4?sig=abc"]);
});

test("the playlist of an upstream vouches for its live segments", async () => {
  await using upstream = await startUpstream((req, res) =>
    res.end(req.url?.endsWith(".m3u8") ? PLAYLIST : "segment"),
  );
  const streams = { cdn: { kind: "upstream", url: upstream.url } } as const;
  const origin = createOrigin({ port: 0, streams });
  await using _ = origin;
  const { url } = await origin.listen();
  expect(upstream.asked).toEqual([]);
  const text = await (await fetch(`${url}/hls/cdn/live.m3u8`)).text();
  expect(text).toMatch(/#EXT-X-NEARCAST-SHA256:\S+\n.*seg-0\.ts\n#EXT-X-NEARCAST-SIGNATURE:/s);
});

test.each([
  ["", /^streams\.cdn\.url: expected an address/],
  ["ftp://a.example/", /^streams\.cdn\.url: expected an address/],
  ["http://user:pass@a.example/", /^streams\.cdn\.url: expected an address/],
  ["http://a.example/?x=1", /^streams\.cdn\.url: expected an address/],
])("the address %j is refused at start", (url, sentence) => {
  expect(() => createOrigin({ port: 0, streams: { cdn: { kind: "upstream", url } } })).toThrow(sentence);
});

test("any playlist that is taken over names the same objects, and stays as it is the second time", () => {
  const base = new URL("http://up.example/base/");
  const segment = fc.stringMatching(/^[a-z0-9][a-z0-9 ü.-]{0,8}$/).map((name) => `${name}.ts`);
  const written = fc.constantFrom<(path: string) => string>(
    (path) => encodeURIComponent(path),
    (path) => `./${encodeURIComponent(path)}`,
    (path) => `/base/v/${encodeURIComponent(path)}`,
    (path) => `http://up.example/base/v/${encodeURIComponent(path)}?x=1`,
  );
  const noise = fc.constantFrom("", "# comment", "#EXT-X-UNKNOWN", '#EXT-X-KEY:METHOD=AES-128,URI="data:a"');
  fc.assert(
    fc.property(fc.array(fc.tuple(segment, written, noise)), (entries) => {
      const text = [
        "#EXTM3U",
        ...entries.flatMap(([name, write, line]) => [line, "#EXTINF:2,", write(name)]),
      ].join("\n");
      const { text: taken, objects } = takeOverPlaylist(text, "v/live.m3u8", base);
      expect([...objects.keys()]).toEqual([...new Set(entries.map(([name]) => `v/${name}`))]);
      expect(taken.split("\n").filter((line) => line.endsWith(".ts"))).toEqual(
        entries.map(([name]) => encodeURIComponent(name)),
      );
      expect(takeOverPlaylist(taken, "v/live.m3u8", base).text).toBe(taken);
    }),
  );
});

test("a request with HEAD is answered with the length", async () => {
  await using upstream = await startUpstream((_, res) => res.end("0123456789"));
  await using cdn = await front({ url: upstream.url });
  await cdn.get("seg.ts");
  const response = await fetch(`${cdn.url}/hls/cdn/seg.ts`, { method: "HEAD" });
  expect([response.status, response.headers.get("content-length")]).toEqual([200, "10"]);
  expect((await rawGet(cdn.port, "/hls/cdn/page.html")).status).toBe(404);
});
