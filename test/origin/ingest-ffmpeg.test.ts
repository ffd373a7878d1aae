import { execFile } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort } from "../../loadtest/bench/free-port.js";
import { pushWithFfmpeg } from "../support/ffmpeg-push.js";
import { spawnOrigin } from "../support/origin-process.js";
import { temporaryFolder, writeFiles } from "../support/origin-programme.js";
import { requireProgram } from "../support/program.js";
import { StrictViewer } from "../support/strict-viewer.js";

const run = promisify(execFile);

/** How many one-second segments viewers follow after the last restart. `NEARCAST_LONG=1` makes it a minute's worth. */
const LAST_SEGMENTS = process.env.NEARCAST_LONG === "1" ? 60 : 2;

test(
  "ffmpeg pushes three renditions; it is restarted, then the origin is killed in mid-push: viewers see one stream",
  async () => {
    await using folder = await temporaryFolder();
    const key = "ingest-key-of-the-test-run";
    await writeFiles(folder.path, { "ingest.key": key });
    await chmod(join(folder.path, "ingest.key"), 0o600);
    const port = await freePort();
    const args = [
      ...["--port", String(port), "--log-level", "error"],
      ...[
        "--ingest",
        `live=${join(folder.path, "media")}`,
        "--ingest-key-file",
        join(folder.path, "ingest.key"),
      ],
    ];
    const ingest = `http://ffmpeg:${key}@127.0.0.1:${port}/ingest/live`;
    const stream = `http://127.0.0.1:${port}/hls/live`;
    const viewers = [0, 1, 2].map((index) => new StrictViewer(stream, `v${index}/live.m3u8`));
    const until = async (isReached: (viewer: StrictViewer) => boolean) => {
      while (!viewers.every(isReached)) {
        for (const viewer of viewers) await viewer.poll();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };

    const first = await spawnOrigin(args);
    try {
      {
        await using encoder = pushWithFfmpeg(ingest, { renditions: 3, seconds: 60 });
        await until(({ seen }) => seen.size >= 3);
        await encoder.kill();
      }
      {
        await using _ = pushWithFfmpeg(ingest, { renditions: 3, seconds: 60 });
        await until(({ discontinuities }) => discontinuities === 1);
        await first.kill("SIGKILL");
      }
      await using second = await spawnOrigin(args);
      // ffmpeg gives up with its origin; whoever runs it starts it again.
      await using encoder = pushWithFfmpeg(ingest, { renditions: 3, seconds: LAST_SEGMENTS + 60 });
      await until(({ discontinuities }) => discontinuities === 2);
      const before = Math.max(...viewers.map(({ seen }) => seen.size));
      await until(({ seen }) => seen.size >= before + LAST_SEGMENTS);
      const { stdout } = await run(requireProgram("ffprobe"), [
        "-v",
        "error",
        "-of",
        "json",
        "-show_streams",
        `${stream}/master.m3u8`,
      ]);
      const codecs = (JSON.parse(stdout).streams as { codec_name: string }[]).map(
        ({ codec_name }) => codec_name,
      );
      expect(codecs.sort()).toEqual(["aac", "aac", "aac", "h264", "h264", "h264"]);
      await encoder.stop();
      await second.kill("SIGTERM");
    } finally {
      await first.kill("SIGKILL");
    }
    expect(viewers.flatMap(({ problems }) => problems)).toEqual([]);
  },
  60_000 + 2_000 * LAST_SEGMENTS,
);
