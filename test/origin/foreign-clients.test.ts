import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createOrigin, defaultStreams, type Served } from "../../origin/index.js";
import { requireProgram } from "../support/program.js";

const run = promisify(execFile);

async function serve(clock?: () => number) {
  const served: Served[] = [];
  const origin = createOrigin({
    port: 0,
    streams: defaultStreams(),
    onServed: (line) => served.push(line),
    ...(clock && { clock }),
  });
  const { url } = await origin.listen();
  return { url, served, [Symbol.asyncDispose]: () => origin.close() };
}

test("ffprobe finds three renditions of H.264 and AAC in the sample and the live channel", async () => {
  const ffprobe = requireProgram("ffprobe");
  await using server = await serve();
  for (const stream of ["sample", "live"]) {
    const url = `${server.url}/hls/${stream}/master.m3u8`;
    const { stdout } = await run(ffprobe, ["-v", "error", "-of", "json", "-show_streams", url]);
    const streams = JSON.parse(stdout).streams as { codec_name: string; height?: number }[];
    expect(streams.map(({ codec_name, height }) => `${codec_name} ${height ?? ""}`.trim()).sort()).toEqual([
      "aac",
      "aac",
      "aac",
      "h264 180",
      "h264 270",
      "h264 360",
    ]);
  }
});

test("ffmpeg plays on across a seam of the live channel", async () => {
  const ffmpeg = requireProgram("ffmpeg");
  // A round has begun two seconds ago; ffmpeg starts three segments from the end, before the seam.
  const startedAt = Date.now();
  const live = Date.UTC(2026, 5, 1, 0, 0, 2);
  await using server = await serve(() => live + Date.now() - startedAt);
  const url = `${server.url}/hls/live/360p/playlist.m3u8`;
  const args = ["-v", "error", "-xerror", "-i", url, "-t", "8", "-map", "0:v", "-f", "framemd5", "-"];
  const { stdout } = await run(ffmpeg, args);
  const frames = stdout.split("\n").filter((line) => line.startsWith("0,"));
  // Two segments of 50 frames before the seam, and some after it. (ffmpeg 5.1 fetches the first segment after a
  // seam but drops its frames, because its timestamps begin anew.)
  expect(frames.length).toBeGreaterThan(100);
  // ffmpeg asks for `bytes=0-`, which is a 206.
  const segments = server.served.filter(({ kind, status }) => kind === "segment" && status < 300);
  const sequences = segments.map(({ path }) => Number(/(\d+)\.m4s$/.exec(path)?.[1]));
  expect(sequences.length).toBeGreaterThanOrEqual(3);
  expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
  expect(sequences.some((sequence) => sequence % 15 === 0)).toBe(true);
});
