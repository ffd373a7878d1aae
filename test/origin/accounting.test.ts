import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createOrigin, ORIGIN_METRICS, type Served } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { rawGet } from "../support/origin-raw-request.js";

const NOW = Date.UTC(2026, 5, 1);

/** An origin whose access log can be awaited line by line. */
async function serve(folder: string) {
  await writeFiles(folder, programmeFiles({ low: [2, 2, 2] }));
  const log: Served[] = [];
  let wake = () => {};
  const origin = createOrigin({
    port: 0,
    streams: { vod: { kind: "folder", folder } },
    integrityKeys: [],
    clock: () => NOW,
    onServed: (served) => {
      log.push(served);
      wake();
    },
  });
  const { url, port } = await origin.listen();
  return {
    url,
    port,
    log,
    logged: async (lines: number) => {
      while (log.length < lines) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return log;
    },
    [Symbol.asyncDispose]: () => origin.close(),
  };
}

test("the log has each response once, with the bytes of its body", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const get = async (path: string, init?: RequestInit) => {
    const before = server.log.length;
    const response = await fetch(`${server.url}/hls/${path}`, init);
    await response.arrayBuffer();
    return (await server.logged(before + 1))[before];
  };
  const base = { stream: "vod", atMs: NOW, complete: true };
  const segment = { ...base, kind: "segment", path: "low/seg-1.m4s" };

  expect(await get("vod/low/seg-1.m4s")).toEqual({ ...segment, bytes: 5, status: 200 });
  expect(await get("vod/low/seg-1.m4s", { headers: { Range: "bytes=1-3" } })).toEqual({
    ...segment,
    bytes: 3,
    status: 206,
  });
  expect(await get("vod/low/seg-1.m4s", { method: "HEAD" })).toEqual({ ...segment, bytes: 0, status: 200 });
  const since = { "If-Modified-Since": new Date(8e12).toUTCString() };
  await rawGet(server.port, "/hls/vod/low/seg-1.m4s", since);
  expect((await server.logged(4))[3]).toEqual({ ...segment, bytes: 0, status: 304 });
  expect(await get("vod/low/init.mp4")).toEqual({
    ...base,
    kind: "init",
    path: "low/init.mp4",
    bytes: 8,
    status: 200,
  });
  const playlist = programmeFiles({ low: [2, 2, 2] })["low/playlist.m3u8"] ?? "";
  expect(await get("vod/low/playlist.m3u8")).toMatchObject({
    kind: "playlist",
    bytes: playlist.length,
    status: 200,
  });
  expect(await get("vod/low/seg-9.m4s")).toMatchObject({ kind: "segment", status: 404 });
  expect(server.log).toHaveLength(7);
});

test("an aborted response counts what was sent and not the rest", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const size = 64 * 1024 * 1024;
  await writeFiles(root.path, { "large.mp4": randomBytes(size) });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /hls/vod/large.mp4 HTTP/1.1\r\nHost: origin\r\n\r\n");
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (received > 1_000_000) socket.destroy();
  });
  await once(socket, "close");
  const [served] = await server.logged(1);
  expect(served).toMatchObject({ path: "large.mp4", status: 200, complete: false });
  // Up to a chunk less than the client read; more only by what the system's socket buffers hold.
  expect(served?.bytes).toBeGreaterThanOrEqual(1_000_000 - 64 * 1024 - 1024);
  expect(served?.bytes).toBeLessThan(size / 2);
});

test("metrics count requests and bytes by stream, kind and status, and bound their labels", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const paths = [
    "vod/low/seg-0.m4s",
    "vod/low/seg-1.m4s",
    "vod/low/init.mp4",
    "x/a.m4s",
    "y/b.m4s",
    "vod/page.html",
  ];
  for (const path of paths) await (await fetch(`${server.url}/hls/${path}`)).arrayBuffer();
  const response = await fetch(`${server.url}/metrics`);
  const text = await response.text();
  const series = (name: string) => text.split("\n").filter((line) => line.startsWith(`${name}{`));
  expect(series(ORIGIN_METRICS.requests)).toEqual([
    `${ORIGIN_METRICS.requests}{stream="vod",kind="segment",status="200"} 2`,
    `${ORIGIN_METRICS.requests}{stream="vod",kind="init",status="200"} 1`,
    `${ORIGIN_METRICS.requests}{stream="unknown",kind="other",status="404"} 2`,
    `${ORIGIN_METRICS.requests}{stream="vod",kind="other",status="404"} 1`,
  ]);
  expect(series(ORIGIN_METRICS.responseBytes)).toContain(
    `${ORIGIN_METRICS.responseBytes}{stream="vod",kind="segment",status="200"} 10`,
  );
  expect(text).toContain("process_cpu_seconds_total");
});

test("two origins in one process count apart", async () => {
  await using a = await temporaryFolder();
  await using b = await temporaryFolder();
  await using first = await serve(a.path);
  await using second = await serve(b.path);
  await (await fetch(`${first.url}/hls/vod/master.m3u8`)).text();
  const text = await (await fetch(`${second.url}/metrics`)).text();
  expect(text).not.toContain(`${ORIGIN_METRICS.requests}{`);
});

test("a file that is being written is served from a folder as it grows", async () => {
  await using root = await temporaryFolder();
  await using server = await serve(root.path);
  const files = programmeFiles({ low: [2, 2, 2, 2] });
  expect((await fetch(`${server.url}/hls/vod/low/seg-3.m4s`)).status).toBe(404);
  await writeFiles(join(root.path), files);
  expect((await fetch(`${server.url}/hls/vod/low/seg-3.m4s`)).status).toBe(200);
  expect(await (await fetch(`${server.url}/hls/vod/low/playlist.m3u8`)).text()).toContain("seg-3.m4s");
});
