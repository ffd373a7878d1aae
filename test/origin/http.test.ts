import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createOrigin, defaultStreams } from "../../origin/index.js";
import { rawGet } from "../support/origin-raw-request.js";

const folder = defaultStreams().sample?.folder ?? "";

async function start(options: Partial<Parameters<typeof createOrigin>[0]> = {}) {
  const origin = createOrigin({ port: 0, streams: defaultStreams(), ...options });
  const { url, port } = await origin.listen();
  return { url, port, origin, [Symbol.asyncDispose]: () => origin.close() };
}

test("a segment is served whole, typed, and immutable", async () => {
  await using server = await start();
  const response = await fetch(`${server.url}/hls/sample/360p/seg-000.m4s`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("video/mp4");
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(await readFile(`${folder}/360p/seg-000.m4s`));
});

test.each(["sample/master.m3u8", "sample/360p/playlist.m3u8", "live/master.m3u8", "live/360p/playlist.m3u8"])(
  "%s is a playlist that caches keep for half a target duration",
  async (path) => {
    await using server = await start();
    const response = await fetch(`${server.url}/hls/${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    expect(response.headers.get("cache-control")).toBe("public, max-age=1");
    expect(await response.text()).toMatch(/^#EXTM3U\n/);
  },
);

test("a range gets 206 with those bytes, one beyond the end 416", async () => {
  await using server = await start();
  const url = `${server.url}/hls/sample/360p/seg-000.m4s`;
  const file = await readFile(`${folder}/360p/seg-000.m4s`);

  const part = await fetch(url, { headers: { Range: "bytes=100-199" } });
  expect(part.status).toBe(206);
  expect(part.headers.get("content-range")).toBe(`bytes 100-199/${file.length}`);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(file.subarray(100, 200));

  const beyond = await fetch(url, { headers: { Range: `bytes=${file.length}-` } });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get("content-range")).toBe(`bytes */${file.length}`);
  expect(beyond.headers.get("cache-control")).toBe("no-store");
});

test.each(["sample/360p/seg-000.m4s", "sample/master.m3u8"])(
  "the ETag of %s revalidates with 304",
  async (path) => {
    await using server = await start();
    const first = await fetch(`${server.url}/hls/${path}`);
    await first.arrayBuffer();
    const etag = first.headers.get("etag") ?? "";
    expect(await rawGet(server.port, `/hls/${path}`, { "If-None-Match": etag })).toEqual({
      status: 304,
      body: "",
    });
    expect((await rawGet(server.port, `/hls/${path}`, { "If-None-Match": '"other"' })).status).toBe(200);
  },
);

test("HEAD tells the length without a body", async () => {
  await using server = await start();
  const response = await fetch(`${server.url}/hls/sample/360p/seg-000.m4s`, { method: "HEAD" });
  const file = await readFile(`${folder}/360p/seg-000.m4s`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-length")).toBe(String(file.length));
  expect(await response.text()).toBe("");
});

test("pages of any web origin may read streams, ranges included", async () => {
  await using server = await start();
  const url = `${server.url}/hls/sample/master.m3u8`;
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: {
      Origin: "https://video.example",
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "range",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("range");
  expect(Number(preflight.headers.get("access-control-max-age"))).toBeGreaterThan(0);

  const response = await fetch(url, { headers: { Origin: "https://video.example" } });
  const exposed = response.headers.get("access-control-expose-headers")?.split(",");
  expect(exposed).toEqual(["Content-Length", "Content-Range", "ETag", "Date", "Accept-Ranges"]);
});

test("with a list of web origins only those are allowed", async () => {
  await using server = await start({ corsOrigins: ["https://video.example"] });
  const allowed = async (origin: string) =>
    (await fetch(`${server.url}/hls/sample/master.m3u8`, { headers: { Origin: origin } })).headers.get(
      "access-control-allow-origin",
    );
  expect(await allowed("https://video.example")).toBe("https://video.example");
  expect(await allowed("https://other.example")).toBeNull();
});

test.each([
  ["/hls/nope/master.m3u8", 'No stream "nope". Known streams: sample, live.\n'],
  ["/hls/__proto__/master.m3u8", 'No stream "__proto__". Known streams: sample, live.\n'],
  ["/hls/sample/360p/seg-999.m4s", 'Stream "sample" has no file "360p/seg-999.m4s".\n'],
  ["/hls/sample/360p", 'Stream "sample" has no file "360p".\n'],
  ["/elsewhere", 'Nothing at "/elsewhere". Streams are at /hls/<stream>/master.m3u8.\n'],
])("%s is a 404 with a sentence that nobody caches", async (path, sentence) => {
  await using server = await start();
  const response = await fetch(server.url + path);
  expect([response.status, await response.text()]).toEqual([404, sentence]);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("other methods are refused and told what is possible", async () => {
  await using server = await start();
  const response = await fetch(`${server.url}/hls/sample/master.m3u8`, { method: "POST", body: "x" });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

test("the host program's routes come before the 404", async () => {
  await using server = await start({
    routes: (app) => app.get("/demo", (_req, res) => void res.send("the demo")),
  });
  expect(await (await fetch(`${server.url}/demo`)).text()).toBe("the demo");
  expect(await (await fetch(`${server.url}/healthz`)).text()).toBe("ok");
});

test("close() drops idle connections, may be called twice, and frees the port", async () => {
  const server = await start();
  const idle = connect(server.port, "127.0.0.1");
  await new Promise((resolve) => idle.once("connect", resolve));
  await fetch(`${server.url}/healthz`).then((response) => response.text());
  const dropped = new Promise((resolve) => idle.once("close", resolve).resume());
  await Promise.all([server.origin.close(), server.origin.close(), dropped]);
  await using next = await start({ port: server.port });
  expect(next.port).toBe(server.port);
});

test("an origin that never listened closes too", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  await origin.close();
  await expect(origin.listen()).rejects.toThrow("was closed");
});
