import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadConfig, parseConfig } from "../../../demo/page/demo-config.js";

const PAGE = "https://demo.example/config.json";
const stream = { name: "live", label: "Live", src: "/hls/live/master.m3u8" };

test("addresses become absolute, and unknown fields are left out", () => {
  const config = {
    trackerPort: 8000,
    streams: [stream, { ...stream, src: "http://cdn.example/a.m3u8" }],
    more: 1,
  };
  expect(parseConfig(config, PAGE)).toEqual({
    trackerPort: 8000,
    streams: [
      { ...stream, src: "https://demo.example/hls/live/master.m3u8" },
      { ...stream, src: "http://cdn.example/a.m3u8" },
    ],
  });
});

test.each([
  [null, "the document: expected an object, got null"],
  [[], "the document: expected an object, got []"],
  [{ streams: [stream] }, "trackerPort: expected 1 to 65535, got undefined"],
  [{ trackerPort: 0, streams: [stream] }, "trackerPort: expected 1 to 65535, got 0"],
  [{ trackerPort: 65_536, streams: [stream] }, "trackerPort: expected 1 to 65535, got 65536"],
  [{ trackerPort: 80.5, streams: [stream] }, "trackerPort: expected 1 to 65535, got 80.5"],
  [{ trackerPort: "80", streams: [stream] }, 'trackerPort: expected 1 to 65535, got "80"'],
  [{ trackerPort: 80 }, "streams: expected a list, got undefined"],
  [{ trackerPort: 80, streams: {} }, "streams: expected a list, got {}"],
  [{ trackerPort: 80, streams: [] }, "streams: expected at least one"],
  [{ trackerPort: 80, streams: [stream, "live"] }, 'streams[1]: expected an object, got "live"'],
  [{ trackerPort: 80, streams: [{ ...stream, name: "" }] }, 'streams[0].name: expected a text, got ""'],
  [{ trackerPort: 80, streams: [{ ...stream, label: 7 }] }, "streams[0].label: expected a text, got 7"],
  [
    { trackerPort: 80, streams: [{ ...stream, src: undefined }] },
    "streams[0].src: expected a text, got undefined",
  ],
  [
    { trackerPort: 80, streams: [{ ...stream, src: "javascript:alert(1)" }] },
    'streams[0].src: expected a path or an http(s) address, got "javascript:alert(1)"',
  ],
  [
    { trackerPort: 80, streams: [{ ...stream, src: "http://" }] },
    'streams[0].src: expected a path or an http(s) address, got "http://"',
  ],
])("%j: %s", (json, message) => {
  expect(() => parseConfig(json, PAGE)).toThrow(TypeError);
  expect(() => parseConfig(json, PAGE)).toThrow(message);
});

test("whatever the document is, it is taken whole or refused with a sentence", () => {
  const documents = fc.oneof(
    fc.jsonValue(),
    fc.record({ trackerPort: fc.jsonValue(), streams: fc.array(fc.jsonValue()) }),
    fc.record({
      trackerPort: fc.constant(8000),
      streams: fc.array(fc.record({ name: fc.jsonValue(), label: fc.string(), src: fc.string() })),
    }),
  );
  fc.assert(
    fc.property(documents, (json) => {
      try {
        const { trackerPort, streams } = parseConfig(json, PAGE);
        expect(trackerPort).toBeGreaterThan(0);
        expect(streams.length).toBeGreaterThan(0);
        for (const { src } of streams) expect(new URL(src).protocol).toMatch(/^https?:$/);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
        expect((error as Error).message).toMatch(
          /^(the document|trackerPort|streams(\[\d+\](\.\w+)?)?): expected /,
        );
      }
    }),
  );
});

async function serve(status: number, body: string) {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/config.json`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test("a configuration is loaded, relative to where it lies", async () => {
  await using server = await serve(200, JSON.stringify({ trackerPort: 8000, streams: [stream] }));
  const { streams } = await loadConfig(server.url);
  expect(streams[0].src).toBe(new URL(stream.src, server.url).href);
});

test.each([
  [404, "Not Found", /could not be loaded: the server answered 404\.$/],
  [200, "<html>", /config\.json is not JSON\.$/],
  [200, "{}", /config\.json is wrong\. trackerPort: expected 1 to 65535, got undefined\.$/],
])("a server that answers %i with %j", async (status, body, message) => {
  await using server = await serve(status, body);
  await expect(loadConfig(server.url)).rejects.toThrow(message);
});

test("a server that does not answer", async () => {
  const { url, [Symbol.asyncDispose]: close } = await serve(200, "");
  await close();
  await expect(loadConfig(url)).rejects.toThrow(/could not be loaded: the server does not answer\.$/);
});
