import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { PlaylistResource } from "../streams/stream.js";
import type { PlaylistFilter, PlaylistToFilter } from "./filter.js";

/** A playlist as it is served until it changes. */
export interface Edition {
  /** False when the filter has failed, so that it will be asked again. */
  readonly isFiltered: boolean;
  readonly body: Buffer;
  /** `undefined` where compressing does not pay. */
  readonly gzipped: Buffer | undefined;
  /** Of `body`, without quotes; that of `gzipped` ends in `-gz`. */
  readonly tag: string;
}

export interface EditionsOptions {
  readonly filter: PlaylistFilter | undefined;
  readonly logger: Logger;
  /** Called for each edition made. */
  readonly onMade: (stream: string) => void;
}

/** More playlists than this are made anew when they come back. */
const MAX_EDITIONS = 10_000;
/** A packet's worth: below it, compressing saves no packet. */
const LEAST_BYTES_TO_COMPRESS = 1_000;

const compress = promisify(gzip);

/** Filters, hashes and compresses each playlist once per change, however many clients poll it. */
export class Editions {
  readonly #options: EditionsOptions;
  readonly #current = new LRUCache<string, { text: string; edition: Promise<Edition> }>({
    max: MAX_EDITIONS,
  });

  constructor(options: EditionsOptions) {
    this.#options = options;
  }

  /** @param read see {@link PlaylistToFilter.read}. */
  of(
    stream: string,
    path: string,
    playlist: PlaylistResource,
    read: PlaylistToFilter["read"],
  ): Promise<Edition> {
    const key = `${stream}/${path}`;
    const current = this.#current.get(key);
    if (current?.text === playlist.text) return current.edition;
    const { text } = playlist;
    const made = { text, edition: this.#make({ stream, path, text, read }, playlist.isMaster) };
    this.#current.set(key, made);
    void made.edition.then(({ isFiltered }) => {
      if (!isFiltered && this.#current.get(key) === made) this.#current.delete(key);
    });
    return made.edition;
  }

  async #make(playlist: PlaylistToFilter, isMaster: boolean): Promise<Edition> {
    const { filter, logger, onMade } = this.#options;
    let { text } = playlist;
    let isFiltered = true;
    // What a filter adds is about segments, which only media playlists have.
    if (filter && !isMaster) {
      try {
        text = await filter(playlist);
      } catch (err) {
        logger.warn({ err, stream: playlist.stream, path: playlist.path }, "playlist served unfiltered");
        isFiltered = false;
      }
    }
    onMade(playlist.stream);
    const body = Buffer.from(text);
    return {
      isFiltered,
      body,
      gzipped: body.byteLength < LEAST_BYTES_TO_COMPRESS ? undefined : await compress(body),
      tag: createHash("sha256").update(body).digest("base64url").slice(0, 22),
    };
  }
}
