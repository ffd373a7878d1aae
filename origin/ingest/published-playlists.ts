import type { Logger } from "pino";
import { HttpProblem, quote } from "../http/problem.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { maxAgeOf, type PlaylistResource } from "../streams/stream.js";
import { parsePushedPlaylist } from "./pushed-playlist.js";
import { renderTimeline } from "./render.js";
import { forgetPlaylist, savedPlaylists, savePlaylist } from "./saved-rendition.js";
import { accept, EMPTY_TIMELINE, settle, type Timeline, trim } from "./timeline.js";
import type { UploadStore } from "./upload-store.js";

export interface PublishedPlaylistsOptions {
  readonly root: string;
  readonly uploads: UploadStore;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly windowSeconds: number;
  /** How long an encoder that has finished may take to begin again before viewers are told of the end. */
  readonly restartSeconds: number;
  readonly maxPlaylists: number;
}

interface Rendition {
  timeline: Timeline;
  /** What clients get, and what it was rendered from. */
  rendered: { timeline: Timeline; isEnded: boolean; playlist: PlaylistResource } | undefined;
  /** Names of its init sections. */
  inits: ReadonlySet<string>;
  /** The last save that was begun; one follows the other. */
  saving: Promise<void>;
}

/** Playlists of one ingest as viewers see them: they name only what is there, and outlive the encoder and this process. */
export class PublishedPlaylists {
  readonly #options: PublishedPlaylistsOptions;
  readonly #masters = new Map<string, PlaylistResource>();
  readonly #renditions = new Map<string, Rendition>();

  constructor(options: PublishedPlaylistsOptions) {
    this.#options = options;
    const { root, logger, uploads } = options;
    for (const saved of savedPlaylists(root, logger)) {
      if ("master" in saved) this.#masters.set(saved.path, masterResource(saved.master));
      else this.#addRendition(saved.path, recalled(saved.timeline, uploads));
    }
  }

  has(path: string): boolean {
    return this.#masters.has(path) || this.#renditions.has(path);
  }

  /**
   * Takes in a playlist from the encoder.
   *
   * @throws {PlaylistError} when it cannot be read.
   * @throws {HttpProblem} 409 when there are too many.
   */
  async push(path: string, text: string): Promise<void> {
    const { root, uploads, clock, maxPlaylists } = this.#options;
    if (!this.has(path) && this.#masters.size + this.#renditions.size >= maxPlaylists) {
      throw new HttpProblem(409, `This stream has ${maxPlaylists} playlists already, which is the limit.`);
    }
    if (isMasterPlaylist(text)) {
      parseMasterPlaylist(text);
      if (this.#renditions.has(path)) {
        throw new HttpProblem(
          409,
          `${quote(path)} is a media playlist; delete it before it becomes a master.`,
        );
      }
      this.#masters.set(path, masterResource(text));
      await savePlaylist(root, { path, master: text });
      return;
    }
    const pushed = parsePushedPlaylist(text, path);
    if (this.#masters.has(path)) {
      throw new HttpProblem(409, `${quote(path)} is a master playlist; delete it before it becomes another.`);
    }
    const rendition = this.#renditions.get(path) ?? this.#addRendition(path, EMPTY_TIMELINE);
    await this.#advance(
      path,
      rendition,
      accept(rendition.timeline, pushed, (file) => uploads.lookUp(file), clock()),
    );
  }

  /** Publishes what waited for an upload that has just been completed. */
  async uploaded(): Promise<void> {
    for (const [path, rendition] of this.#renditions) await this.#settle(path, rendition);
  }

  async find(path: string): Promise<PlaylistResource | undefined> {
    const rendition = this.#renditions.get(path);
    if (!rendition) return this.#masters.get(path);
    // Patience with a missing segment ends without any event.
    if (rendition.timeline.pending.segments.length > 0) await this.#settle(path, rendition);
    // Players give up on an empty live playlist.
    return rendition.timeline.segments.length === 0 ? undefined : this.#render(path, rendition);
  }

  async remove(path: string): Promise<boolean> {
    const isKnown = this.#masters.delete(path) || this.#renditions.delete(path);
    if (isKnown) await forgetPlaylist(this.#options.root, path);
    return isKnown;
  }

  /** Whether a published playlist names the file. */
  isPublished(name: string): boolean {
    return this.#needed().names.has(name);
  }

  /** Whether a published playlist names the file as an init section. */
  isInit(name: string): boolean {
    return [...this.#renditions.values()].some(({ inits }) => inits.has(name));
  }

  async sweep(graceMs: number): Promise<void> {
    await this.#options.uploads.sweep(this.#needed(), graceMs);
  }

  /** Newest program date time that is published, by playlist path. */
  *newestDates(): Iterable<number> {
    for (const { timeline } of this.#renditions.values()) {
      const last = timeline.segments.at(-1);
      if (last?.programDateTimeMs !== undefined) yield last.programDateTimeMs + last.durationUs / 1000;
    }
  }

  /** Waits until everything is saved. */
  async close(): Promise<void> {
    await Promise.all([...this.#renditions.values()].map(({ saving }) => saving));
  }

  #needed(): { names: ReadonlySet<string>; paths: ReadonlySet<string> } {
    const names = new Set<string>();
    const paths = new Set<string>();
    for (const { timeline } of this.#renditions.values()) {
      for (const { file, map } of timeline.segments) {
        if (file) names.add(file.name);
        if (!map) continue;
        names.add(map.file.name);
        paths.add(map.path);
      }
      for (const { path } of timeline.pending.segments) paths.add(path);
    }
    return { names, paths };
  }

  async #settle(path: string, rendition: Rendition): Promise<void> {
    const { uploads, clock } = this.#options;
    await this.#advance(
      path,
      rendition,
      settle(rendition.timeline, (file) => uploads.lookUp(file), clock()),
    );
  }

  async #advance(path: string, rendition: Rendition, next: Timeline): Promise<void> {
    if (next === rendition.timeline) return;
    rendition.timeline = trim(next, this.#options.windowSeconds);
    const { root, logger } = this.#options;
    const { timeline } = rendition;
    rendition.inits = initsOf(timeline);
    rendition.saving = rendition.saving.then(async () => {
      // Several changes may have come meanwhile; the last one saves them all.
      if (rendition.timeline !== timeline) return;
      await savePlaylist(root, { path, timeline }).catch((err: unknown) => {
        logger.error({ err, path }, "playlist is published but not saved");
      });
    });
    await rendition.saving;
  }

  #addRendition(path: string, timeline: Timeline): Rendition {
    const rendition: Rendition = {
      timeline,
      rendered: undefined,
      inits: initsOf(timeline),
      saving: Promise.resolve(),
    };
    this.#renditions.set(path, rendition);
    return rendition;
  }

  #render(path: string, rendition: Rendition): PlaylistResource {
    const { clock, restartSeconds } = this.#options;
    const { timeline, rendered } = rendition;
    const { endedAtMs, pending } = timeline;
    const isEnded =
      endedAtMs !== undefined &&
      pending.segments.length === 0 &&
      clock() - endedAtMs >= restartSeconds * 1000;
    if (rendered?.timeline === timeline && rendered.isEnded === isEnded) return rendered.playlist;
    const text = renderTimeline(timeline, path, { isEnded });
    const maxAgeSeconds = maxAgeOf(timeline.targetDurationSeconds);
    const playlist: PlaylistResource = { at: "playlist", text, isMaster: false, maxAgeSeconds };
    rendition.rendered = { timeline, isEnded, playlist };
    return playlist;
  }
}

function initsOf({ segments }: Timeline): ReadonlySet<string> {
  return new Set(segments.flatMap(({ map }) => (map ? [map.file.name] : [])));
}

function masterResource(text: string): PlaylistResource {
  return { at: "playlist", text, isMaster: true, maxAgeSeconds: MASTER_MAX_AGE_SECONDS };
}

/** An encoder that restarts with other renditions changes its master playlist. */
const MASTER_MAX_AGE_SECONDS = 2;

/** A saved timeline with the numbers of the files as they were found at start; segments whose file is gone are gaps. */
function recalled(timeline: Timeline, uploads: UploadStore): Timeline {
  const segments = timeline.segments.map((segment) => {
    const { file, map } = segment;
    return {
      ...segment,
      file: file && uploads.find(file.name) ? uploads.recall(file) : undefined,
      map: map && { ...map, file: uploads.recall(map.file) },
    };
  });
  return { ...timeline, segments };
}
