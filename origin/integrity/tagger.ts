import { LRUCache } from "lru-cache";
import { isMediaPlaylist, listSegments, playlistLines, writeDigests } from "../../player/protocol/index.js";
import type { PlaylistKey } from "./playlist-key.js";
import type { FindSegment } from "./segment-bytes.js";
import { SegmentDigests } from "./segment-digests.js";

export interface TaggerOptions {
  /** The first signs, all are published: a new key is put in front, and the old one stays until no cache has its playlists. */
  readonly keys: readonly [PlaylistKey, ...PlaylistKey[]];
  /**
   * Monotonic milliseconds.
   * @default performance.now
   */
  readonly now?: () => number;
}

/** A playlist as it goes out. */
export interface TaggedPlaylist {
  readonly text: string;
  /** Until then the segments are not looked at again. */
  readonly freshUntilMs: number;
}

/** Segments that are replaced under their names are noticed within so long. */
const FRESH_MS = 5_000;
/** Playlists whose segments are still being hashed are looked at more often. */
const FRESH_INCOMPLETE_MS = 200;
const MOST_TAGGED = 10_000;

/**
 * Writes into media playlists what their segments are, and signs them: once for each change, however many ask for
 * them.
 *
 * A playlist waits for the hash of its newest segment, and for no other: what has not been hashed by then is left
 * out, and players fetch it from the origin.
 */
export class PlaylistTagger {
  readonly keys: TaggerOptions["keys"];
  readonly #now: () => number;
  readonly #digests = new SegmentDigests();
  readonly #tagged = new LRUCache<string, { source: string; tagged: Promise<TaggedPlaylist> }>({
    max: MOST_TAGGED,
  });

  constructor({ keys, now = () => performance.now() }: TaggerOptions) {
    this.keys = keys;
    this.#now = now;
  }

  /**
   * @param name stands for one playlist, whatever its text is at the moment.
   * @param text is given back as it is where it is no media playlist.
   */
  async tag(name: string, text: string, find: FindSegment): Promise<TaggedPlaylist> {
    const current = this.#tagged.get(name);
    const before = await current?.tagged;
    if (before && current?.source === text && this.#now() < before.freshUntilMs) return before;
    const renewed = this.#tagged.get(name);
    // Somebody else was first.
    if (renewed && renewed !== current && renewed.source === text) return renewed.tagged;
    const tagged = this.#render(text, before?.text ?? text, find);
    this.#tagged.set(name, { source: text, tagged });
    return tagged;
  }

  /**
   * Hashes every segment that is not hashed yet, one after the other.
   *
   * @param isOver stops it.
   * @returns the URIs of those that cannot be read.
   */
  async warm(text: string, find: FindSegment, isOver = () => false): Promise<string[]> {
    const unreadable: string[] = [];
    for (const { uri, byteRange, isGap } of listSegments(playlistLines(text))) {
      if (isOver()) break;
      if (isGap) continue;
      const source = await find(uri);
      const digest = source && (await this.#digests.of(source, byteRange));
      if (!digest) unreadable.push(uri);
    }
    return unreadable;
  }

  /** @param before what this may come to once more, signed. */
  async #render(text: string, before: string, find: FindSegment): Promise<TaggedPlaylist> {
    const lines = playlistLines(text);
    if (!isMediaPlaylist(lines)) return { text, freshUntilMs: Number.POSITIVE_INFINITY };
    const segments = listSegments(lines);
    const sources = await Promise.all(segments.map(({ uri, isGap }) => (isGap ? undefined : find(uri))));
    const hashing = segments.flatMap(({ byteRange }, index) => {
      const source = sources[index];
      return source ? [(isUrgent: boolean) => this.#digests.of(source, byteRange, isUrgent)] : [];
    });
    const newest = hashing.pop()?.(true);
    for (const hash of hashing) void hash(false);
    await newest;
    let isComplete = true;
    const digests = segments.map(({ byteRange }, index) => {
      const source = sources[index];
      if (!source) return undefined;
      const known = this.#digests.known(source, byteRange);
      if (known === "hashing") isComplete = false;
      return known === "hashing" ? undefined : known;
    });
    return {
      text: this.keys[0].sign(writeDigests(text, digests), before),
      freshUntilMs: this.#now() + (isComplete ? FRESH_MS : FRESH_INCOMPLETE_MS),
    };
  }
}
