import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A new folder under the system's temporary one that is removed with its owner. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "nearcast-origin-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes files by path relative to the folder. */
export async function writeFiles(folder: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** A finished programme of renditions with the given segment durations in seconds; segments hold their own names. */
export function programmeFiles(renditions: Record<string, readonly number[]>): Record<string, string> {
  const master = ["#EXTM3U"];
  const files: Record<string, string> = {};
  for (const [name, durations] of Object.entries(renditions)) {
    master.push("#EXT-X-STREAM-INF:BANDWIDTH=1000", `${name}/playlist.m3u8`);
    const target = Math.max(1, ...durations.map(Math.ceil));
    const playlist = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      `#EXT-X-TARGETDURATION:${target}`,
      '#EXT-X-MAP:URI="init.mp4"',
    ];
    for (const [index, duration] of durations.entries()) {
      playlist.push(`#EXTINF:${duration},`, `seg-${index}.m4s`);
      files[`${name}/seg-${index}.m4s`] = `${name} ${index}`;
    }
    files[`${name}/init.mp4`] = `${name} init`;
    files[`${name}/playlist.m3u8`] = [...playlist, "#EXT-X-ENDLIST", ""].join("\n");
  }
  return { ...files, "master.m3u8": `${master.join("\n")}\n` };
}
