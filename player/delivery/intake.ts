import { simultaneousIntake } from "../policy/intake.js";
import type { OriginFetch } from "./origin-fetch.js";

/** Everything that comes in for one viewer, over all of its tracks: what the downlink carries. */
export class Intake {
  readonly #fetches = new Set<OriginFetch>();
  readonly #transfers = new Set<string>();
  readonly #downlink: () => Parameters<typeof simultaneousIntake>[0];
  #endedBytes = 0;

  constructor(downlink: () => Parameters<typeof simultaneousIntake>[0]) {
    this.#downlink = downlink;
  }

  /** Segments at a time, before more have to wait; `Infinity` on a wide downlink. */
  get limit(): number {
    return simultaneousIntake(this.#downlink());
  }

  /** Whether one more may begin that playback does not ask for yet. */
  get hasRoom(): boolean {
    return this.#fetches.size + this.#transfers.size < this.limit;
  }

  /** Whether peers should keep back what has not begun, because the origin's bytes need the downlink. */
  get isTaken(): boolean {
    return this.#fetches.size >= this.limit;
  }

  /** @returns ends it, and tells how many other bytes came meanwhile. */
  fetchStarted(fetch: OriginFetch): () => number {
    const before = this.#bytes();
    this.#fetches.add(fetch);
    return () => {
      if (!this.#fetches.has(fetch)) return 0;
      const own = fetch.progress().loadedBytes;
      const others = this.#bytes() - own - before;
      this.#fetches.delete(fetch);
      this.#endedBytes += own;
      return Math.max(0, others);
    };
  }

  /** @param transfer a name for it that is this viewer's alone. */
  transferStarted(transfer: string): void {
    this.#transfers.add(transfer);
  }

  transferEnded(transfer: string): void {
    this.#transfers.delete(transfer);
  }

  peerBytesCame(bytes: number): void {
    this.#endedBytes += bytes;
  }

  #bytes(): number {
    let bytes = this.#endedBytes;
    for (const fetch of this.#fetches) bytes += fetch.progress().loadedBytes;
    return bytes;
  }
}
