import { type Segment, segmentKey } from "./segment.js";
import type { Source } from "./segment-record.js";

/** Bytes and segments of one source. */
export interface SourceCount {
  readonly bytes: number;
  readonly segments: number;
}

export interface LedgerTotals {
  /** Handed over for playback, each copy once. */
  readonly played: Readonly<Record<Source, SourceCount>> & {
    /** The part of the origin's bytes that is not segments'. */
    readonly initBytes: number;
    /** Seconds of media in the segments of both. */
    readonly mediaS: number;
  };
  /** Complete, and not asked for yet. */
  readonly ahead: Readonly<Record<Source, number>>;
  /** Cut off, overtaken by another source, or never asked for. */
  readonly wasted: Readonly<Record<Source, number>>;
  /** From peers, and not what the playlist says. */
  readonly rejected: number;
  /** The part of what was played from peers that nothing vouched for. */
  readonly unverified: number;
}

interface Held {
  readonly source: Source;
  readonly bytes: number;
  readonly isVerified: boolean;
}

/** Keeps account of every byte that came: it was played, lies ahead, or was wasted or rejected, and only one of these. */
export class Ledger {
  readonly #held = new Map<string, Held>();
  #played = { peer: { bytes: 0, segments: 0 }, origin: { bytes: 0, segments: 0 }, initBytes: 0, mediaS: 0 };
  #wasted = { peer: 0, origin: 0 };
  #rejected = 0;
  #unverified = 0;

  get totals(): LedgerTotals {
    const ahead = { peer: 0, origin: 0 };
    for (const { source, bytes } of this.#held.values()) ahead[source] += bytes;
    return {
      played: structuredClone(this.#played),
      ahead,
      wasted: { ...this.#wasted },
      rejected: this.#rejected,
      unverified: this.#unverified,
    };
  }

  /** A segment is complete. */
  arrived({ track, number }: Segment, bytes: number, source: Source, isVerified: boolean): void {
    this.#held.set(segmentKey(track, number), { source, bytes, isVerified });
  }

  /** A segment was handed over for playback, for the first time or again. */
  played({ track, number, startS, endS }: Segment): void {
    const key = segmentKey(track, number);
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    this.#played[held.source].bytes += held.bytes;
    this.#played[held.source].segments++;
    this.#played.mediaS += endS - startS;
    if (held.source === "peer" && !held.isVerified) this.#unverified += held.bytes;
  }

  /** A segment is not kept any more. */
  dropped({ track, number }: Segment): void {
    this.#waste(segmentKey(track, number));
  }

  /** Bytes came in vain that were not, or not yet, a segment. */
  lost(source: Source, bytes: number): void {
    this.#wasted[source] += bytes;
  }

  reject(bytes: number): void {
    this.#rejected += bytes;
  }

  /**
   * Bytes that went past the delivery, straight to the player.
   *
   * @param segmentS how long the segment lasts; `undefined` for an initialisation segment.
   */
  passed(bytes: number, segmentS: number | undefined): void {
    this.#played.origin.bytes += bytes;
    if (segmentS === undefined) {
      this.#played.initBytes += bytes;
      return;
    }
    this.#played.origin.segments++;
    this.#played.mediaS += segmentS;
  }

  /** The session is over: nothing that lies ahead will be played. */
  settle(): void {
    for (const key of [...this.#held.keys()]) this.#waste(key);
  }

  #waste(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    this.#held.delete(key);
    this.#wasted[held.source] += held.bytes;
  }
}
