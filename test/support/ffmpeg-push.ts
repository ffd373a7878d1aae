import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { requireProgram } from "./program.js";

export interface Encoder extends AsyncDisposable {
  /** Ends at once, without a word to the origin. */
  kill(): Promise<void>;
  /** Ends as an operator would end it, with the last segments and an end of the list. */
  stop(): Promise<void>;
}

/**
 * Real ffmpeg, encoding synthetic pictures and sound in real time into renditions `v0`, `v1`, … of one-second segments.
 *
 * @param ingest where to push, e.g. `http://x:key@127.0.0.1:8080/ingest/live`.
 */
export function pushWithFfmpeg(
  ingest: string,
  { renditions, seconds }: { renditions: number; seconds: number },
): Encoder {
  const each = <Value>(value: (index: number) => Value) =>
    Array.from({ length: renditions }, (_, index) => value(index));
  const args = [
    ...["-hide_banner", "-loglevel", "error", "-re", "-t", String(seconds)],
    ...["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25", "-f", "lavfi", "-i", "sine=f=220:r=48000"],
    ...each(() => ["-map", "0:v", "-map", "1:a"]).flat(),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"],
    ...["-g", "25", "-keyint_min", "25", "-sc_threshold", "0"],
    ...each((index) => [`-b:v:${index}`, `${60 + 40 * index}k`]).flat(),
    ...["-c:a", "aac", "-b:a", "32k", "-ac", "1", "-f", "hls", "-hls_time", "1", "-hls_list_size", "4"],
    ...["-hls_flags", "delete_segments+program_date_time+independent_segments"],
    ...["-hls_segment_type", "fmp4", "-master_pl_name", "master.m3u8"],
    ...["-var_stream_map", each((index) => `v:${index},a:${index}`).join(" ")],
    ...["-method", "PUT", "-http_persistent", "1", "-ignore_io_errors", "1"],
    ...["-hls_segment_filename", `${ingest}/v%v/seg-%d.m4s`, `${ingest}/v%v/live.m3u8`],
  ];
  const child = spawn(requireProgram("ffmpeg"), args, { stdio: ["ignore", "ignore", "pipe"] });
  // Nobody reads it unless something goes wrong; a full pipe would stop the encoder.
  const said = text(child.stderr);
  const exited = once(child, "exit");
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
    await said;
  };
  return {
    kill: () => end("SIGKILL"),
    stop: () => end("SIGINT"),
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}
