import type { Clock } from "../clock.js";
import {
  learnUplink,
  MEASURED_FOR_MS,
  QUICK_UPLOAD_MS,
  tellsOfUplink,
  UNKNOWN_CAPACITY,
  type UploadSample,
} from "../policy/uplink-measurement.js";
import {
  clearsVerdicts,
  isUselessUplink,
  learnBitrate,
  type Uplink,
  verdictLastsMs,
  witnessesOf,
} from "../policy/upload-admission.js";
import type { Timers } from "./timers.js";

export interface OwnUplinkOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** What the uplink may be as long as it is not known, in bytes per millisecond; 0 for no idea. */
  readonly guessBytesPerMs: () => number;
  /** Called when {@link OwnUplink.isUseless} has changed. */
  readonly onUseless: () => void;
}

/** So many uploads to one receiver tell as much as one to each of two. */
const CONVINCING_UPLOADS = 3;

/** What a viewer has learnt of its uplink from its uploads, and whether the uplink is of use to others. */
export class OwnUplink {
  readonly #options: OwnUplinkOptions;
  #capacity = UNKNOWN_CAPACITY;
  #learntAtMs = 0;
  #measurements = 0;
  /** See {@link learnBitrate}. */
  #bitrateBytesPerMs = 0;
  /** To whom these were uploads. */
  readonly #witnesses = new Set<string>();
  /** A segment left too fast for a measurement. */
  #isWide = false;
  #isUseless = false;
  /** How many times in a row it was found useless. */
  #verdicts = 0;

  constructor(options: OwnUplinkOptions) {
    this.#options = options;
  }

  /** As it was measured, in bytes per millisecond; 0 while unknown. */
  get bytesPerMs(): number {
    return this.#capacity.bytesPerMs;
  }

  /** As it was measured, or else as guessed. */
  get capacity(): number {
    return this.bytesPerMs || this.#options.guessBytesPerMs();
  }

  /** It was found not to carry the stream: nobody is to count on this viewer, until it is tried again. */
  get isUseless(): boolean {
    return this.#isUseless;
  }

  /** A segment has come that others may want. */
  arrived(segmentBytes: number, segmentDurationMs: number): void {
    this.#bitrateBytesPerMs = learnBitrate(this.#bitrateBytesPerMs, segmentBytes, segmentDurationMs);
  }

  /** A peer asks for a segment: what is known of the uplink now. */
  judge(active: number): Uplink {
    const { clock } = this.#options;
    if (!this.#isUseless && clock.now() - this.#learntAtMs >= MEASURED_FOR_MS) this.#forget();
    const uplink = {
      active,
      bytesPerMs: this.capacity,
      isProven: this.#capacity.isConfirmed || this.#isWide,
      witnesses: witnessesOf(this.#receivers, this.#verdicts),
    };
    if (isUselessUplink(uplink, this.#bitrateBytesPerMs)) this.#giveUp();
    else if (clearsVerdicts(this.#receivers)) this.#verdicts = 0;
    return uplink;
  }

  /** An upload to this peer has ended, one way or another. */
  learn(peerId: string, sample: UploadSample): void {
    const tells = tellsOfUplink(sample);
    if (tells || this.bytesPerMs === 0) this.#learntAtMs = this.#options.clock.now();
    if (!tells) return;
    this.#capacity = learnUplink(this.#capacity, sample);
    this.#measurements++;
    if (this.#witnesses.size < CONVINCING_UPLOADS) this.#witnesses.add(peerId);
  }

  /** A whole segment has left. */
  sawWhole(elapsedMs: number): void {
    this.#isWide ||= elapsedMs < QUICK_UPLOAD_MS;
  }

  get #receivers(): number {
    return this.#measurements >= CONVINCING_UPLOADS ? Number.POSITIVE_INFINITY : this.#witnesses.size;
  }

  #giveUp(): void {
    if (this.#isUseless) return;
    this.#isUseless = true;
    this.#verdicts++;
    const { timers, onUseless } = this.#options;
    // Nobody asks any more, at which it would be noticed.
    timers.later(verdictLastsMs(this.#verdicts), () => {
      this.#forget();
      this.#isUseless = false;
      onUseless();
    });
    // Whoever has just asked gets its answer before all connections are made anew.
    timers.later(0, onUseless);
  }

  #forget(): void {
    this.#capacity = UNKNOWN_CAPACITY;
    this.#measurements = 0;
    this.#witnesses.clear();
    this.#isWide = false;
  }
}
