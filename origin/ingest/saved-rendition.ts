import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import * as v from "valibot";
import { EMPTY_TIMELINE, type Timeline } from "./timeline.js";
import { STATE_FOLDER } from "./upload-store.js";

/** A playlist as it outlives this process. */
export type SavedPlaylist = { path: string } & ({ master: string } | { timeline: Timeline });

const Optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema));
const File = v.object({ name: v.string(), serial: v.number(), digest: v.optional(v.string()) });
const Segment = v.object({
  path: v.string(),
  durationUs: v.number(),
  isDiscontinuity: v.boolean(),
  byteRange: v.optional(v.string()),
  programDateTimeMs: v.optional(v.number()),
  keys: v.array(v.string()),
  tags: v.array(v.string()),
  file: v.optional(File),
  map: v.optional(v.object({ file: File, path: v.string(), byteRange: v.optional(v.string()) })),
  pushedSequence: v.number(),
  run: v.number(),
});
const Saved = v.object({
  path: v.string(),
  master: Optional(v.string()),
  timeline: Optional(
    v.object({
      targetDurationSeconds: v.number(),
      version: v.number(),
      hasIndependentSegments: v.boolean(),
      segments: v.array(Segment),
      mediaSequence: v.number(),
      discontinuitySequence: v.number(),
      run: v.number(),
      lastPushedSequence: v.number(),
      endedAtMs: v.optional(v.number()),
    }),
  ),
});

/** Writes a playlist's state so that a process that is killed meanwhile leaves the old one or the new one. */
export async function savePlaylist(root: string, saved: SavedPlaylist): Promise<void> {
  const file = fileFor(root, saved.path);
  const unfinished = `${file}.new`;
  try {
    await writeFile(unfinished, JSON.stringify(saved));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

export async function forgetPlaylist(root: string, path: string): Promise<void> {
  await rm(fileFor(root, path), { force: true });
}

/** What earlier processes have saved. A file that cannot be read is passed over: the encoder pushes its playlist again. */
export function savedPlaylists(root: string, logger: Logger): SavedPlaylist[] {
  const folder = join(root, STATE_FOLDER);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        return [parseSaved(readFileSync(join(folder, name), "utf8"))];
      } catch (err) {
        logger.warn({ err, file: join(folder, name) }, "saved playlist passed over");
        return [];
      }
    });
}

function parseSaved(text: string): SavedPlaylist {
  const { path, master, timeline } = v.parse(Saved, JSON.parse(text));
  if (typeof master === "string") return { path, master };
  if (!timeline) throw new RangeError("neither a master playlist nor a timeline");
  const segments = timeline.segments.map((segment) => ({
    ...segment,
    byteRange: segment.byteRange,
    programDateTimeMs: segment.programDateTimeMs,
    file: segment.file && { ...segment.file, digest: segment.file.digest },
    map: segment.map && {
      ...segment.map,
      byteRange: segment.map.byteRange,
      file: { ...segment.map.file, digest: segment.map.file.digest },
    },
  }));
  const { pending } = EMPTY_TIMELINE;
  return { path, timeline: { ...timeline, segments, pending, endedAtMs: timeline.endedAtMs } };
}

/** Paths have separators and any length; digests have neither. */
function fileFor(root: string, path: string): string {
  return join(root, STATE_FOLDER, `${createHash("sha256").update(path).digest("hex")}.json`);
}
