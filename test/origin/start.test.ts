import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, createOrigin, type StreamConfig } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

function failure(streams: Record<string, StreamConfig>): string {
  try {
    createOrigin({ port: 0, streams });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the origin was created");
}

test("a wrong folder is refused at start", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  expect(failure({ a: { kind: "folder", folder: join(path, "no") } })).toBe(
    `streams.a.folder: there is no folder ${path}/no`,
  );
  expect(failure({ a: { kind: "loop", folder: path } })).toBe(
    `streams.a.folder: cannot read ${path}/master.m3u8`,
  );
  await writeFiles(path, { "master.m3u8": "<html>" });
  expect(failure({ a: { kind: "folder", folder: path } })).toBe(
    `streams.a.folder: ${path}/master.m3u8: line 1: expected #EXTM3U`,
  );
  expect(failure({ a: { kind: "folder", folder: join(path, "master.m3u8") } })).toBe(
    `streams.a.folder: ${path}/master.m3u8 is not a folder`,
  );
  await writeFiles(path, { "master.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n" });
  expect(failure({ a: { kind: "folder", folder: path } })).toBe(
    `streams.a.folder: cannot read ${path}/low.m3u8`,
  );
});

test("renditions that do not fit together cannot be looped", async () => {
  await using folder = await temporaryFolder();
  const stream: StreamConfig = { kind: "loop", folder: folder.path };
  await writeFiles(folder.path, programmeFiles({ low: [2, 2], high: [2, 2, 2] }));
  expect(failure({ live: stream })).toBe(
    "streams.live.folder: all renditions must have the same number of segments, " +
      "but low/playlist.m3u8 has 2 and high/playlist.m3u8 has 3",
  );
  await writeFiles(folder.path, programmeFiles({ low: [2, 4, 2], high: [2, 2, 2] }));
  expect(failure({ live: stream })).toBe(
    "streams.live.folder: all renditions must be cut alike, " +
      "but segment 1 lasts 4 s in low/playlist.m3u8 and 2 s in high/playlist.m3u8",
  );
});

test.each([
  ["#EXT-X-ENDLIST", "", "has no #EXT-X-ENDLIST: only a finished programme can be looped"],
  ["#EXTINF", "#EXT-X-KEY:METHOD=AES-128,URI=k.key\n#EXTINF", "is encrypted, which a loop cannot repeat"],
  ["#EXTINF", "#EXT-X-BYTERANGE:5@0\n#EXTINF", "uses #EXT-X-BYTERANGE: a loop needs one file per segment"],
  [
    "seg-0.m4s",
    "https://cdn.example/0.m4s",
    "names https://cdn.example/0.m4s, which is not a media file of this folder",
  ],
  ["seg-0.m4s", "seg-7.m4s", "names low/seg-7.m4s, which is missing, empty or elsewhere"],
])("a programme with %s → %j cannot be looped", async (text, replacement, reason) => {
  await using folder = await temporaryFolder();
  const files = programmeFiles({ low: [2, 2] });
  const playlist = files["low/playlist.m3u8"]?.replace(text, replacement) ?? "";
  await writeFiles(folder.path, { ...files, "low/playlist.m3u8": playlist });
  expect(failure({ live: { kind: "loop", folder: folder.path } })).toBe(
    `streams.live.folder: low/playlist.m3u8 ${reason}`,
  );
});

test("options are named when they are wrong", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2] }));
  const loop = (windowSegments: number): StreamConfig => ({
    kind: "loop",
    folder: folder.path,
    windowSegments,
  });
  expect(failure({ a: loop(2) })).toBe("streams.a.windowSegments: expected an integer from 3 to 1000, got 2");
  expect(failure({ "a/b": loop(3) })).toMatch(/^streams: expected 1 to 64 letters, .* got "a\/b"$/);
  expect(failure({})).toBe("streams: expected at least one stream, got none");
  expect(() => createOrigin({ port: 70_000, streams: { a: loop(3) } })).toThrow(
    "port: expected 0-65535, got 70000",
  );
});

test("a port in use is named", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2] }));
  const streams: Record<string, StreamConfig> = { a: { kind: "folder", folder: folder.path } };
  await using first = createOrigin({ port: 0, streams });
  const { port } = await first.listen();
  await using second = createOrigin({ port, streams });
  await expect(second.listen()).rejects.toThrow(`port: ${port} on 127.0.0.1 is already in use`);
});

test("the folder may vanish after the start without harm to the process", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2] }));
  await using origin = createOrigin({ port: 0, streams: { a: { kind: "folder", folder: folder.path } } });
  const { url } = await origin.listen();
  await rm(folder.path, { recursive: true });
  expect((await fetch(`${url}/hls/a/master.m3u8`)).status).toBe(404);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
