import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultStreams } from "../../origin/index.js";

/** A copy of the embedded sample to change; deleted at the end of its scope. */
export interface SampleCopy extends AsyncDisposable {
  readonly folder: string;
  /** Leaves only the first segments in every rendition. */
  shorten(segments: number): Promise<void>;
  /** Cuts a segment's file in half, in every rendition. */
  truncateSegment(index: number): Promise<void>;
}

export async function copySample(): Promise<SampleCopy> {
  const { sample } = defaultStreams();
  if (!sample || !("folder" in sample)) throw new Error("the embedded sample is missing");
  const folder = await mkdtemp(join(tmpdir(), "nearcast-sample-"));
  await cp(sample.folder, folder, { recursive: true });
  const renditions = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  return {
    folder,
    async shorten(segments) {
      for (const rendition of renditions) {
        const file = join(rendition, "playlist.m3u8");
        const lines = (await readFile(file, "utf8")).split("\n");
        const uris = lines.flatMap((line, index) => (/^[^#].*\.m4s/.test(line) ? [index] : []));
        const last = uris[segments - 1];
        if (last === undefined) throw new Error(`${file} has fewer than ${segments} segments`);
        await writeFile(file, `${lines.slice(0, last + 1).join("\n")}\n#EXT-X-ENDLIST\n`);
      }
    },
    async truncateSegment(index) {
      for (const rendition of renditions) {
        const file = (await readdir(rendition)).filter((name) => name.endsWith(".m4s")).sort()[index];
        if (!file) throw new Error(`${rendition} has no segment ${index}`);
        const path = join(rendition, file);
        await truncate(path, Math.floor((await readFile(path)).byteLength / 2));
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
