import type { Clock } from "../clock.js";
import type { Verdict } from "../integrity/integrity.js";
import type { SwarmListener } from "../pml/swarm-core.js";
import { hasStoodStill, type PeerDeed } from "../policy/peer-standing.js";
import type { Rejection } from "./arrival.js";
import type { Intake } from "./intake.js";
import type { PeerStandings } from "./peer-standings.js";
import type { Segment, Track } from "./segment.js";
import type { SegmentRecord, Source } from "./segment-record.js";
import { Transfers } from "./transfers.js";

/** How the swarm says that a transfer has ended. */
export type TransferEnd = Parameters<SwarmListener["transferEnded"]>[1];

export interface PeerDeliveriesOptions {
  readonly track: Track;
  readonly clock: Clock;
  readonly intake: Intake;
  readonly standings: PeerStandings;
  /** Compares bytes with what the playlist says of a segment. */
  readonly check: (segment: Segment, data: ArrayBuffer) => Verdict | Promise<Verdict>;
  /** Bytes came in vain. */
  readonly onLost: (source: Source, bytes: number) => void;
  readonly onRejected: (rejection: Rejection) => void;
  readonly onChange: () => void;
}

/** What becomes of a segment that was found right, or that nothing is known against. */
export interface PeerDeliveryOutcome {
  /** False where the segment has come from elsewhere or is of no interest any more. */
  isMissing(record: SegmentRecord): boolean;
  delivered(record: SegmentRecord, data: ArrayBuffer, peerId: string | undefined, isVerified: boolean): void;
}

interface Delivery {
  readonly record: SegmentRecord;
  readonly data: ArrayBuffer;
  readonly peerId: string | undefined;
  readonly isWhole: boolean;
}

/** What peers send of one track: its transfers, what is thought of who sends, and whether it is the right thing. */
export class PeerDeliveries {
  readonly #options: PeerDeliveriesOptions;
  readonly #outcome: PeerDeliveryOutcome;
  readonly #transfers: Transfers;

  constructor(options: PeerDeliveriesOptions, outcome: PeerDeliveryOutcome) {
    this.#options = options;
    this.#outcome = outcome;
    this.#transfers = new Transfers(options.clock);
  }

  /** Rate at which peers have delivered whole segments lately, in bytes per millisecond; 0 before the first. */
  get bytesPerMs(): number {
    return this.#transfers.bytesPerMs;
  }

  started(record: SegmentRecord, peerId: string): void {
    this.#transfers.start(record, peerId);
    this.#options.intake.transferStarted(this.#name(peerId));
    this.#options.onChange();
  }

  moved(peerId: string, bytes: number): void {
    this.#transfers.move(peerId, bytes);
    this.#options.intake.peerBytesCame(bytes);
  }

  /** @param ended how; `undefined` where the connection is gone. */
  ended(peerId: string, ended?: TransferEnd): void {
    const deed = deedOf(ended, this.#transfers.end(peerId), this.#options.clock.now());
    if (deed) this.#options.standings.note(peerId, deed);
    this.#options.intake.transferEnded(this.#name(peerId));
    this.#options.onChange();
  }

  /** @returns false where the peer that has sent it is not to be kept. */
  received(record: SegmentRecord, data: ArrayBuffer): boolean | Promise<boolean> {
    const { transfer } = record;
    const delivery = {
      record,
      data,
      peerId: transfer?.peerId,
      // All of its bytes are from the peer that delivered the last of them.
      isWhole: transfer !== undefined && transfer.loadedBytes >= data.byteLength,
    };
    this.#transfers.learnRate(record, data.byteLength);
    const verdict = this.#options.check(record.segment, data);
    if (typeof verdict === "string") return this.#judged(delivery, verdict);
    return verdict.then((late) => this.#judged(delivery, late));
  }

  /** @param usedBytes how much of what came from peers went into the segment. */
  countLost(record: SegmentRecord, usedBytes: number): void {
    if (record.peerBytes > usedBytes) this.#options.onLost("peer", record.peerBytes - usedBytes);
    record.peerBytes = 0;
  }

  #judged({ record, data, peerId, isWhole }: Delivery, verdict: Verdict): boolean {
    const { segment } = record;
    if (verdict === "wrong") {
      const bytes = Math.min(record.peerBytes, data.byteLength);
      this.countLost(record, bytes);
      const polluter = isWhole ? peerId : undefined;
      if (polluter !== undefined) this.#options.standings.note(polluter, "wrong");
      this.#options.onRejected({ segment, bytes, polluter });
      this.#options.onChange();
      // Dropping whoever came last would let others frame it.
      return polluter === undefined;
    }
    if (peerId !== undefined && isWhole && verdict !== "unverifiable") {
      this.#options.standings.note(peerId, "delivered");
    }
    if (verdict === "unverifiable" || !this.#outcome.isMissing(record)) this.countLost(record, 0);
    else this.#outcome.delivered(record, data, peerId, verdict === "right");
    return true;
  }

  #name(peerId: string): string {
    return `${this.#options.track.id} ${peerId}`;
  }
}

/** Blame for what ended without the segment. Who delivers is judged by what came. */
function deedOf(
  ended: TransferEnd | undefined,
  transfer: SegmentRecord["transfer"],
  nowMs: number,
): PeerDeed | undefined {
  switch (ended) {
    // The origin has overtaken it, for example.
    case "aborted":
      return transfer && hasStoodStill(transfer, nowMs) ? "silent" : undefined;
    case "peer-segment-absent":
      return "absent";
    case "bytes-receiving-timeout":
      return "silent";
    case "peer-response-bytes-length-mismatch":
    case "peer-protocol-violation":
      return "broken-off";
    case "peer-closed":
      return transfer?.loadedBytes ? "broken-off" : undefined;
    default:
      return undefined;
  }
}
