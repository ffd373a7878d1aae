import type { Segment } from "./segment.js";
import { segmentKey } from "./segment.js";

interface Stored {
  readonly segment: Segment;
  readonly data: ArrayBuffer;
}

/**
 * Segments kept in memory for playback and for peers, up to a limit in bytes.
 *
 * Buffers in here are never given to hls.js: its worker would detach them. {@link SegmentStore.copy} is for that.
 */
export class SegmentStore {
  readonly #stored = new Map<string, Stored>();
  readonly #limitBytes: number;
  readonly #onDropped: (segment: Segment) => void;
  #bytes = 0;

  /** @param onDropped told of every segment that is not kept any more, or was not kept in the first place. */
  constructor(limitBytes: number, onDropped: (segment: Segment) => void = () => {}) {
    this.#limitBytes = limitBytes;
    this.#onDropped = onDropped;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes ownership of `data`. Makes room by dropping what lies furthest behind the playhead, then what lies
   * furthest ahead; other viewers ask for what is near it.
   *
   * @returns the segments that were dropped for it. A segment larger than the limit is not kept and is returned itself.
   */
  put(segment: Segment, data: ArrayBuffer, playheadS: number): Segment[] {
    this.#remove(segment);
    if (data.byteLength > this.#limitBytes) {
      this.#onDropped(segment);
      return [segment];
    }
    const dropped: Segment[] = [];
    while (this.#bytes + data.byteLength > this.#limitBytes) {
      const victim = this.#furthest(playheadS);
      if (!victim) break;
      this.delete(victim);
      dropped.push(victim);
    }
    this.#stored.set(segmentKey(segment.track, segment.number), { segment, data });
    this.#bytes += data.byteLength;
    return dropped;
  }

  /**
   * Whether a segment would stay if it were put in now, because what it would push out lies behind the playhead or
   * further ahead than itself. One that would not is not worth fetching ahead of its time.
   *
   * @param bytes its size, with what is going to be put in before it is played.
   */
  wouldKeep(segment: Segment, bytes: number, playheadS: number): boolean {
    let room = this.#limitBytes - this.#bytes;
    for (const stored of this.#stored.values()) {
      if (room >= bytes) break;
      const { startS, endS } = stored.segment;
      if (endS <= playheadS || startS > segment.startS) room += stored.data.byteLength;
    }
    return room >= bytes;
  }

  has(segment: Segment): boolean {
    return this.#stored.has(segmentKey(segment.track, segment.number));
  }

  /** The stored buffer itself: to be read, never to be transferred. */
  peek(segment: Segment): ArrayBuffer | undefined {
    return this.#stored.get(segmentKey(segment.track, segment.number))?.data;
  }

  copy(segment: Segment): ArrayBuffer | undefined {
    return this.peek(segment)?.slice(0);
  }

  delete(segment: Segment): void {
    if (this.#remove(segment)) this.#onDropped(segment);
  }

  *segmentsOf(trackId: string): Generator<Segment> {
    for (const { segment } of this.#stored.values()) {
      if (segment.track.id === trackId) yield segment;
    }
  }

  clear(): void {
    for (const { segment } of [...this.#stored.values()]) this.delete(segment);
  }

  #remove(segment: Segment): boolean {
    const key = segmentKey(segment.track, segment.number);
    const stored = this.#stored.get(key);
    if (!stored) return false;
    this.#stored.delete(key);
    this.#bytes -= stored.data.byteLength;
    return true;
  }

  #furthest(playheadS: number): Segment | undefined {
    let behind: Segment | undefined;
    let ahead: Segment | undefined;
    for (const { segment } of this.#stored.values()) {
      if (segment.endS <= playheadS) {
        if (!behind || segment.endS < behind.endS) behind = segment;
      } else if (!ahead || segment.startS > ahead.startS) {
        ahead = segment;
      }
    }
    return behind ?? ahead;
  }
}
