import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./package-root.js";
import { requirePrograms } from "./programs.js";
import { sum } from "./statistics.js";

/** A programme of one rendition on this disk. */
export interface Content {
  /** Contains `master.m3u8`. */
  readonly folder: string;
  /** Of picture and sound together, measured from the segments' files. */
  readonly bitsPerSecond: number;
}

export interface ContentOrder {
  readonly name: string;
  readonly segmentS: number;
  readonly segments: number;
  /**
   * Of picture and sound together, about.
   * @default 430
   */
  readonly kbps?: number;
}

const FRAMES_PER_SECOND = 25;
const AUDIO_KBPS = 48;

/**
 * Makes a synthetic programme with segments of exactly equal length, or finds the one that an
 * earlier run made.
 *
 * @throws {BenchError} where ffmpeg is missing.
 */
export async function makeContent(order: ContentOrder): Promise<Content> {
  const args = encoderArguments(order);
  const recipe = createHash("sha256").update(JSON.stringify(args)).digest("hex").slice(0, 8);
  const folder = join(cacheFolder(), `${order.name}-${recipe}`);
  if (!existsSync(folder)) {
    requirePrograms(["ffmpeg"]);
    // Under its own name only when it is complete: an interrupted ffmpeg leaves nothing that looks finished.
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      await promisify(execFile)("ffmpeg", args, { cwd: unfinished });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return { folder, bitsPerSecond: bitrateOf(folder) };
}

function encoderArguments({ segmentS, segments, kbps = 430 }: ContentOrder): string[] {
  const videoKbps = kbps - AUDIO_KBPS;
  const groupOfPictures = String(FRAMES_PER_SECOND * segmentS);
  return [
    ...["-hide_banner", "-loglevel", "error", "-y"],
    ...["-f", "lavfi", "-i", `testsrc2=s=320x180:r=${FRAMES_PER_SECOND}`],
    ...["-f", "lavfi", "-i", "sine=f=220:r=48000"],
    ...["-t", String(segmentS * segments), "-map_metadata", "-1"],
    // No B-frames: pictures leave the decoder in order, so a seam of the live loop costs no gap.
    ...["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-pix_fmt", "yuv420p"],
    ...["-profile:v", "main", "-bf", "0", "-g", groupOfPictures, "-keyint_min", groupOfPictures],
    ...[
      "-sc_threshold",
      "0",
      "-b:v",
      `${videoKbps}k`,
      "-maxrate",
      `${videoKbps + 18}k`,
      "-bufsize",
      `${videoKbps - 2}k`,
    ],
    ...["-c:a", "aac", "-b:a", `${AUDIO_KBPS}k`, "-ac", "1"],
    ...["-f", "hls", "-hls_time", String(segmentS), "-hls_playlist_type", "vod"],
    ...["-hls_flags", "independent_segments", "-hls_segment_type", "fmp4"],
    ...["-hls_segment_options", "movflags=+cmaf", "-hls_fmp4_init_filename", "init.mp4"],
    ...["-hls_segment_filename", "seg-%03d.m4s", "-master_pl_name", "master.m3u8", "playlist.m3u8"],
  ];
}

function bitrateOf(folder: string): number {
  const files = readdirSync(folder).filter((file) => file.endsWith(".m4s"));
  const bytes = sum(files.map((file) => statSync(join(folder, file)).size));
  const playlist = readFileSync(join(folder, "playlist.m3u8"), "utf8");
  const seconds = sum([...playlist.matchAll(/^#EXTINF:([\d.]+)/gm)].map(([, duration]) => Number(duration)));
  return (bytes * 8) / seconds;
}
