import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FolderConfig } from "../../origin/index.js";
import { requireProgram } from "./program.js";

/** Programmes on demand that ffmpeg has made; deleted at the end of their scope. */
export interface MadeContent extends AsyncDisposable {
  /** For `openTheatre`, by the names of their recipes. */
  readonly streams: Readonly<Record<string, FolderConfig>>;
  folder(name: string): string;
}

/** Writes a programme with a `master.m3u8` into a folder. */
export type Recipe = (folder: string) => Promise<void>;

/** A moving test picture with a tone, in segments of 2 s. */
export interface Clip {
  readonly seconds: number;
  /** @default 25 */
  readonly fps?: number;
  /** @default 440 */
  readonly toneHz?: number;
  /**
   * Of the picture, which is filled with noise where it is large.
   * @default 150
   */
  readonly kbps?: number;
}

/** @throws the sentence of `requireProgram` where ffmpeg is missing. */
export async function makeContent(recipes: Readonly<Record<string, Recipe>>): Promise<MadeContent> {
  requireProgram("ffmpeg");
  const root = await mkdtemp(join(tmpdir(), "nearcast-made-"));
  const remove = () => rm(root, { recursive: true, force: true });
  const folder = (name: string) => join(root, name);
  try {
    for (const [name, make] of Object.entries(recipes)) {
      await mkdir(folder(name));
      await make(folder(name));
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const names = Object.keys(recipes);
  return {
    streams: Object.fromEntries(names.map((name) => [name, { kind: "folder", folder: folder(name) }])),
    folder,
    [Symbol.asyncDispose]: remove,
  };
}

/** Fragmented MP4 with an initialisation segment of its own. */
export function fmp4(clip: Clip): Recipe {
  return (folder) => encode(folder, clip, [...FMP4, ...SEGMENTS("%d.m4s"), "playlist.m3u8"]);
}

/** Fragmented MP4 whose segments and initialisation segment are byte ranges of one file. */
export function byteRanges(clip: Clip): Recipe {
  return (folder) =>
    encode(folder, clip, [...FMP4, "-hls_flags", "single_file", ...SEGMENTS("all.m4s"), "playlist.m3u8"]);
}

export function mpegTs(clip: Clip): Recipe {
  return (folder) => encode(folder, clip, [...SEGMENTS("%d.ts"), "playlist.m3u8"]);
}

/** MPEG-TS, encrypted with AES-128. */
export function encrypted(clip: Clip): Recipe {
  return async (folder) => {
    await writeFile(join(folder, "secret.key"), randomBytes(16));
    // The key's address in the playlist, and its file.
    await writeFile(join(folder, "key-info.txt"), "secret.key\nsecret.key\n");
    await encode(folder, clip, ["-hls_key_info_file", "key-info.txt", ...SEGMENTS("%d.ts"), "playlist.m3u8"]);
  };
}

/** The sound has a playlist of its own, as the only member of its group. */
export function separateAudio(clip: Clip): Recipe {
  return (folder) =>
    encode(folder, clip, [
      ...FMP4,
      "-var_stream_map",
      "v:0,agroup:sound,name:picture a:0,agroup:sound,default:yes,language:en,name:sound",
      ...SEGMENTS("%v/%d.m4s"),
      "%v/playlist.m3u8",
    ]);
}

/** One encode after the other, with a discontinuity and an initialisation segment for each. */
export function joined(...clips: readonly Clip[]): Recipe {
  return async (folder) => {
    const parts: string[] = [];
    let master = "";
    for (const [index, clip] of clips.entries()) {
      const part = `part-${index}`;
      await mkdir(join(folder, part));
      await fmp4(clip)(join(folder, part));
      master ||= await readFile(join(folder, part, "master.m3u8"), "utf8");
      const playlist = await readFile(join(folder, part, "playlist.m3u8"), "utf8");
      const body = playlist.slice(playlist.indexOf("#EXT-X-MAP"), playlist.indexOf("#EXT-X-ENDLIST"));
      parts.push(body.replace('URI="', `URI="${part}/`).replaceAll(/^(\d+\.m4s)$/gm, `${part}/$1`));
    }
    const head = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    const text = `${head}${parts.join("#EXT-X-DISCONTINUITY\n")}#EXT-X-ENDLIST\n`;
    await writeFile(join(folder, "playlist.m3u8"), text);
    await writeFile(join(folder, "master.m3u8"), master);
  };
}

const FMP4 = ["-hls_segment_type", "fmp4"];
const SEGMENTS = (pattern: string) => [
  "-hls_time",
  "2",
  "-hls_playlist_type",
  "vod",
  "-hls_segment_filename",
  pattern,
  "-master_pl_name",
  "master.m3u8",
  "-f",
  "hls",
];

async function encode(folder: string, clip: Clip, muxing: readonly string[]): Promise<void> {
  const { seconds, fps = 25, toneHz = 440, kbps = 150 } = clip;
  const noise = kbps > 500 ? ",noise=alls=60:allf=t" : "";
  const picture = `testsrc2=size=160x90:rate=${fps}${noise}`;
  const tone = `sine=frequency=${toneHz}:sample_rate=44100`;
  const inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-t", String(seconds)];
  const video = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -sc_threshold 0".split(" ");
  const rates = ["-g", String(2 * fps), "-b:v", `${kbps}k`, "-c:a", "aac", "-b:a", "48k"];
  const streams = ["-map", "0:v", "-map", "1:a"];
  const args = ["-nostdin", "-loglevel", "error", ...inputs, ...streams, ...video, ...rates, ...muxing];
  await promisify(execFile)(requireProgram("ffmpeg"), args, { cwd: folder });
}
