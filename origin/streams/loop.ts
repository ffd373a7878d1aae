import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { ConfigError } from "../config-error.js";
import { HttpProblem, quote } from "../http/problem.js";
import { renderWindow } from "../loop/render.js";
import { type LoopFile, loopRenditions } from "../loop/rendition.js";
import { type Timeline, timelineOf } from "../loop/timeline.js";
import { availabilityAt, LOOP_EPOCH_MS, windowAt } from "../loop/window.js";
import { MASTER, readProgramme } from "./programme.js";
import { maxAgeOf, type PlaylistResource, type Resource, type Stream } from "./stream.js";

/** A finished programme, played round and round as an endless live channel. */
export interface LoopConfig {
  kind: "loop";
  /** Contains `master.m3u8` and finished media playlists (`EXT-X-ENDLIST`) with equally many segments. */
  folder: string;
  /**
   * Segments in the live playlists, from 3 to 1000.
   * @default 10
   */
  windowSegments?: number;
}

/** RFC 8216bis, 6.2.2: a live playlist holds at least three target durations. */
const WINDOW_SEGMENTS = { least: 3, most: 1000, default: 10 };

/**
 * Opens a live channel that is a function of the wall clock: every origin that loops the same folder serves the
 * same playlists, before and after a restart.
 *
 * @throws {ConfigError} when the folder cannot be looped, saying why.
 */
export function openLoop(name: string, config: LoopConfig, clock: () => number): Stream {
  const windowSegments = config.windowSegments ?? WINDOW_SEGMENTS.default;
  const { least, most } = WINDOW_SEGMENTS;
  if (!Number.isInteger(windowSegments) || windowSegments < least || windowSegments > most) {
    const option = `streams.${name}.windowSegments`;
    throw new ConfigError(`${option}: expected an integer from ${least} to ${most}, got ${windowSegments}`);
  }
  const option = `streams.${name}.folder`;
  const programme = readProgramme(config.folder, option);
  const renditions = loopRenditions(programme, option);
  const timeline = alignedTimeline(programme.renditions, option);
  const maxAgeSeconds = maxAgeOf(timeline.targetDurationSeconds);
  // Trick-play playlists cannot be looped with the rest, so they are not offered.
  const master = programme.master.lines
    .filter((line) => !line.startsWith("#EXT-X-I-FRAME-STREAM-INF"))
    .join("\n");
  const inits = new Map(renditions.flatMap((rendition) => [...rendition.inits]));

  const rendered = new Map<string, { newest: number | undefined; playlist: PlaylistResource }>();

  function playlistAt(path: string): PlaylistResource | undefined {
    if (path === MASTER) return { at: "playlist", text: master, isMaster: true, maxAgeSeconds };
    const rendition = renditions.find((candidate) => candidate.path === path);
    if (!rendition) return undefined;
    const window = windowAt(timeline, clock(), windowSegments);
    const newest = window.segments.at(-1)?.sequence;
    const known = rendered.get(path);
    if (known?.newest === newest && known) return known.playlist;
    if (window.segments.length === 0) {
      const epoch = new Date(LOOP_EPOCH_MS).toISOString();
      throw new HttpProblem(
        503,
        `Stream ${quote(name)} begins at ${epoch}; the server's clock says it is earlier.`,
      );
    }
    const text = renderWindow(rendition.playlist, timeline, window, (segment) => rendition.uriOf(segment));
    const playlist: PlaylistResource = { at: "playlist", text, isMaster: false, maxAgeSeconds };
    rendered.set(path, { newest, playlist });
    return playlist;
  }

  function fileAt(path: string): { kind: "init" | "segment"; found: LoopFile } | undefined {
    const init = inits.get(path);
    if (init) return { kind: "init", found: init };
    for (const rendition of renditions) {
      if (posix.dirname(rendition.path) !== posix.dirname(path)) continue;
      const sequence = rendition.sequenceOf(posix.basename(path));
      if (sequence === undefined) continue;
      const availability = availabilityAt(timeline, clock(), windowSegments, sequence);
      if (availability === "future") {
        throw new HttpProblem(404, `Segment ${sequence} of stream ${quote(name)} is not on the air yet.`);
      }
      if (availability === "past") {
        throw new HttpProblem(404, `Segment ${sequence} of stream ${quote(name)} has left the live window.`);
      }
      const found = rendition.files[sequence % rendition.files.length];
      if (found) return { kind: "segment", found };
    }
    return undefined;
  }

  return {
    async find(path): Promise<Resource> {
      const playlist = playlistAt(path);
      if (playlist) return playlist;
      const file = fileAt(path);
      if (!file) throw new HttpProblem(404, `Stream ${quote(name)} has no file ${quote(path)}.`);
      const modifiedMs = await requireUnchanged(name, path, file.found);
      return { at: "file", kind: file.kind, ...file.found, modifiedMs, isImmutable: true, isLive: true };
    },
  };
}

function alignedTimeline(renditions: Parameters<typeof timelineOf>[0], option: string): Timeline {
  try {
    return timelineOf(renditions);
  } catch (cause) {
    throw new ConfigError(`${option}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * The files are served as immutable, so one that was cut short or replaced since the start must not go out.
 *
 * @returns when the file was written.
 */
async function requireUnchanged(name: string, path: string, { file, bytes }: LoopFile): Promise<number> {
  const stats = await stat(file).catch(() => undefined);
  if (!stats) throw new HttpProblem(404, `The file behind ${quote(path)} of stream ${quote(name)} is gone.`);
  if (stats.size !== bytes) {
    const sizes = `${bytes} bytes at start, ${stats.size} now`;
    throw new HttpProblem(
      500,
      `The file behind ${quote(path)} of stream ${quote(name)} has changed: ${sizes}.`,
    );
  }
  return stats.mtimeMs;
}
