import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createOrigin } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

const SIZE = 200_000;

async function serve(folder: string) {
  const content = randomBytes(SIZE);
  await writeFiles(folder, { ...programmeFiles({ low: [2, 2] }), "low/seg-0.m4s": content });
  const origin = createOrigin({ port: 0, streams: { vod: { kind: "folder", folder } } });
  const { url, port } = await origin.listen();
  const segment = `${url}/hls/vod/low/seg-0.m4s`;
  return { url, port, segment, content, [Symbol.asyncDispose]: () => origin.close() };
}

/** A file comes from the disk at its first request and from memory from the second on. */
async function warmUp(url: string): Promise<void> {
  for (const _ of [1, 2]) await (await fetch(url)).arrayBuffer();
}

test.each(["disk", "memory"])("any range of a segment from %s is those bytes, or refused", async (place) => {
  await using folder = await temporaryFolder();
  await using server = await serve(folder.path);
  const position = fc.oneof(fc.nat({ max: SIZE + 10 }), fc.constantFrom(SIZE - 1, SIZE, 0));
  await fc.assert(
    fc.asyncProperty(fc.option(position), fc.option(position), async (first, last) => {
      if (place === "memory") await warmUp(server.segment);
      const response = await fetch(server.segment, {
        headers: { Range: `bytes=${first ?? ""}-${last ?? ""}` },
      });
      const body = Buffer.from(await response.arrayBuffer());
      const from = first ?? (last === null ? 0 : Math.max(0, SIZE - last));
      const to = first === null || last === null ? SIZE : Math.min(last + 1, SIZE);
      const isMalformed = first === null ? last === null : last !== null && last < first;
      if (response.status === 206) {
        expect(isMalformed).toBe(false);
        expect(response.headers.get("content-range")).toBe(`bytes ${from}-${to - 1}/${SIZE}`);
        expect(body.equals(server.content.subarray(from, to))).toBe(true);
      } else if (response.status === 416) {
        expect(isMalformed || from >= SIZE).toBe(true);
        expect(response.headers.get("content-range")).toBe(`bytes */${SIZE}`);
      } else {
        expect(response.status).toBe(200);
        expect(isMalformed).toBe(true);
        expect(body.equals(server.content)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["bytes=-", 200],
  ["bytes=5-1", 416],
  ["bytes=-0", 416],
  ["bytes=-1-2", 200],
  ["bytes=a-b", 200],
  ["lines=1-2", 200],
  ["bytes=0-1,5-6", 200],
  [`bytes=${Array.from({ length: 500 }, (_, index) => `${index * 2}-${index * 2}`).join(",")}`, 200],
  ["bytes=0-9,10-19", 206],
])("Range %j is never more work than the whole", async (range, status) => {
  await using folder = await temporaryFolder();
  await using server = await serve(folder.path);
  await warmUp(server.segment);
  const response = await fetch(server.segment, { headers: { Range: range } });
  const body = await response.arrayBuffer();
  expect([range.slice(0, 20), response.status]).toEqual([range.slice(0, 20), status]);
  expect(body.byteLength).toBeLessThanOrEqual(SIZE);
});

test("a range holds only for the version that If-Range names", async () => {
  await using folder = await temporaryFolder();
  await using server = await serve(folder.path);
  await warmUp(server.segment);
  const head = await fetch(server.segment, { method: "HEAD" });
  const etag = head.headers.get("etag") ?? "";
  const status = async (headers: Record<string, string>) => {
    const response = await fetch(server.segment, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  expect(await status({ Range: "bytes=0-9", "If-Range": etag })).toBe(206);
  expect(await status({ Range: "bytes=0-9", "If-Range": '"other"' })).toBe(200);
  expect(await status({ "If-Match": etag })).toBe(200);
  expect(await status({ "If-Match": '"other"' })).toBe(412);
});

test("huge headers are refused and the server goes on", async () => {
  await using folder = await temporaryFolder();
  await using server = await serve(folder.path);
  const socket = connect(server.port, "127.0.0.1");
  socket.write(`GET /hls/vod/master.m3u8 HTTP/1.1\r\nHost: origin\r\nX-Large: ${"a".repeat(40_000)}\r\n\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 431 /);
  expect((await fetch(`${server.url}/hls/vod/master.m3u8`)).status).toBe(200);
});
