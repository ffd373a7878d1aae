import type { Clock } from "../clock.js";
import type { SegmentRecord } from "./segment-record.js";

/** What runs between each peer and this viewer: one segment at a time from one peer. */
export class Transfers {
  readonly #clock: Clock;
  readonly #recordOfPeer = new Map<string, SegmentRecord>();
  #bytesPerMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rate at which peers have delivered whole segments lately; 0 before the first. */
  get bytesPerMs(): number {
    return this.#bytesPerMs;
  }

  start(record: SegmentRecord, peerId: string): void {
    const nowMs = this.#clock.now();
    record.offeredBy.add(peerId);
    record.transfer = {
      peerId,
      startedAtMs: nowMs,
      firstByteAtMs: undefined,
      loadedBytes: 0,
      lastMovedAtMs: nowMs,
      promisedAtMs: undefined,
    };
    this.#recordOfPeer.set(peerId, record);
  }

  move(peerId: string, bytes: number): void {
    const record = this.#recordOfPeer.get(peerId);
    const transfer = record?.transfer;
    if (!transfer || transfer.peerId !== peerId) return;
    transfer.lastMovedAtMs = this.#clock.now();
    transfer.firstByteAtMs ??= transfer.lastMovedAtMs;
    transfer.loadedBytes += bytes;
    record.peerBytes += bytes;
  }

  /**
   * The peer has delivered, refused, or failed; its segment stays known as offered.
   *
   * @returns what was seen of it.
   */
  end(peerId: string): SegmentRecord["transfer"] {
    const record = this.#recordOfPeer.get(peerId);
    this.#recordOfPeer.delete(peerId);
    if (record?.transfer?.peerId !== peerId) return undefined;
    const { transfer } = record;
    record.transfer = undefined;
    return transfer;
  }

  /** A whole segment has come. One that came in parts, from several peers, has no rate of one of them. */
  learnRate({ transfer }: SegmentRecord, bytes: number): void {
    if (!transfer || transfer.loadedBytes < bytes) return;
    const sample = bytes / Math.max(1, this.#clock.now() - transfer.startedAtMs);
    this.#bytesPerMs = this.#bytesPerMs === 0 ? sample : this.#bytesPerMs + (sample - this.#bytesPerMs) / 4;
  }
}
