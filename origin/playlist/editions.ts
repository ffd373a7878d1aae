import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { FindSegment } from "../integrity/segment-bytes.js";
import type { PlaylistTagger } from "../integrity/tagger.js";
import type { PlaylistResource } from "../streams/stream.js";
import type { PlaylistFilter, PlaylistToFilter } from "./filter.js";

/** A playlist as it is served until it changes. */
export interface Edition {
  /** After the filter; `undefined` when it has failed, so that it will be asked again. */
  readonly filtered: string | undefined;
  /** Until then the segments are what the playlist says of them; `performance.now`. */
  readonly freshUntilMs: number;
  /** As it is served. */
  readonly text: string;
  readonly body: Buffer;
  /** `undefined` where compressing does not pay. */
  readonly gzipped: Buffer | undefined;
  /** Of `body`, without quotes; that of `gzipped` ends in `-gz`. */
  readonly tag: string;
}

export interface EditionsOptions {
  readonly filter: PlaylistFilter | undefined;
  /** Vouches for the segments, after the filter. */
  readonly tagger: PlaylistTagger | undefined;
  readonly logger: Logger;
  /** Called for each edition made. */
  readonly onMade: (stream: string) => void;
}

/** More playlists than this are made anew when they come back. */
const MAX_EDITIONS = 10_000;
/** A packet's worth: below it, compressing saves no packet. */
const LEAST_BYTES_TO_COMPRESS = 1_000;

const compress = promisify(gzip);

/** Ways from a playlist to its segments. */
export interface PlaylistSegments {
  /** See {@link PlaylistToFilter.read}. */
  readonly read: PlaylistToFilter["read"];
  /** By URIs as the playlist writes them. */
  readonly find: FindSegment;
}

/** Filters, tags, signs and compresses each playlist once per change, however many clients poll it. */
export class Editions {
  readonly #options: EditionsOptions;
  readonly #current = new LRUCache<string, { text: string; edition: Promise<Edition>; freshUntilMs: number }>(
    {
      max: MAX_EDITIONS,
    },
  );

  constructor(options: EditionsOptions) {
    this.#options = options;
  }

  of(stream: string, path: string, playlist: PlaylistResource, segments: PlaylistSegments): Promise<Edition> {
    const key = `${stream}/${path}`;
    const current = this.#current.get(key);
    const isSame = current?.text === playlist.text;
    if (isSame && performance.now() < current.freshUntilMs) return current.edition;
    const { text, isMaster } = playlist;
    const before = isSame ? current.edition : undefined;
    const made = {
      text,
      edition: isMaster
        ? this.#finish({ filtered: text, text, freshUntilMs: Number.POSITIVE_INFINITY })
        : this.#make({ stream, path, text, read: segments.read }, segments.find, before),
      freshUntilMs: Number.POSITIVE_INFINITY,
    };
    this.#current.set(key, made);
    void made.edition.then(({ filtered, freshUntilMs }) => {
      made.freshUntilMs = freshUntilMs;
      if (filtered === undefined && this.#current.get(key) === made) this.#current.delete(key);
    });
    return made.edition;
  }

  /** @param before the edition of the same text that is not fresh any more. */
  async #make(
    playlist: PlaylistToFilter,
    find: FindSegment,
    before: Promise<Edition> | undefined,
  ): Promise<Edition> {
    const { tagger } = this.#options;
    const { stream, path, text } = playlist;
    const last = await before;
    const filtered = last?.filtered ?? (await this.#filter(playlist));
    const tagged = await tagger?.tag(`${stream}/${path}`, filtered ?? text, find);
    const freshUntilMs = tagged?.freshUntilMs ?? Number.POSITIVE_INFINITY;
    const edition = { filtered, text: tagged?.text ?? filtered ?? text, freshUntilMs };
    if (last?.text === edition.text) return { ...last, freshUntilMs };
    this.#options.onMade(stream);
    return this.#finish(edition);
  }

  /** @returns `undefined` where the filter fails. */
  async #filter(playlist: PlaylistToFilter): Promise<string | undefined> {
    const { filter, logger } = this.#options;
    if (!filter) return playlist.text;
    try {
      return await filter(playlist);
    } catch (err) {
      logger.warn({ err, stream: playlist.stream, path: playlist.path }, "playlist served unfiltered");
      return undefined;
    }
  }

  async #finish(edition: Pick<Edition, "filtered" | "text" | "freshUntilMs">): Promise<Edition> {
    const body = Buffer.from(edition.text);
    return {
      ...edition,
      body,
      gzipped: body.byteLength < LEAST_BYTES_TO_COMPRESS ? undefined : await compress(body),
      tag: createHash("sha256").update(body).digest("base64url").slice(0, 22),
    };
  }
}
