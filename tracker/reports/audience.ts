import type { StreamName } from "../../player/protocol/index.js";

/** Sessions that are remembered; with more, the ones not heard of for longest are forgotten. */
const MAX_SESSIONS = 500_000;

/** Who watches: sessions that have joined or reported lately, with P2P or without. */
export class Audience {
  /** When each was last heard of; those heard last come last. */
  readonly #heardAtMs = new Map<string, { readonly stream: StreamName; readonly atMs: number }>();
  readonly #sizes = new Map<StreamName, number>();
  readonly #silentAfterMs: number;

  /** @param silentAfterMs when a session that is not heard of counts as gone. */
  constructor(options: { readonly silentAfterMs: number }) {
    this.#silentAfterMs = options.silentAfterMs;
  }

  heard(stream: StreamName, session: string, nowMs: number): void {
    const key = `${stream}/${session}`;
    if (!this.#heardAtMs.delete(key)) this.#count(stream, 1);
    this.#heardAtMs.set(key, { stream, atMs: nowMs });
    this.expire(nowMs);
  }

  /** Lets those go that were not heard of for long: needed where nobody is heard of any more. */
  expire(nowMs: number): void {
    for (const [oldest, { stream: left, atMs }] of this.#heardAtMs) {
      if (this.#heardAtMs.size <= MAX_SESSIONS && atMs > nowMs - this.#silentAfterMs) return;
      this.#heardAtMs.delete(oldest);
      this.#count(left, -1);
    }
  }

  sizeOf(stream: StreamName): number {
    return this.#sizes.get(stream) ?? 0;
  }

  get streams(): Iterable<readonly [stream: StreamName, viewers: number]> {
    return this.#sizes;
  }

  #count(stream: StreamName, by: number): void {
    const size = this.sizeOf(stream) + by;
    if (size > 0) this.#sizes.set(stream, size);
    else this.#sizes.delete(stream);
  }
}
