import type { Verdict } from "../integrity/integrity.js";
import type { Intake } from "./intake.js";
import type { OriginFailure, StartOriginFetch } from "./origin-fetch.js";
import type { Segment } from "./segment.js";
import type { SegmentRecord, Source } from "./segment-record.js";

export interface OriginFetchesOptions {
  readonly startFetch: StartOriginFetch;
  readonly intake: Intake;
  /** Compares bytes with what the playlist says of a segment. */
  readonly check: (segment: Segment, data: ArrayBuffer) => Verdict | Promise<Verdict>;
  /** Whether what comes from the origin is compared, too. */
  readonly verifyOrigin: boolean;
  /** A fetch has ended; `sharedBytes` are those that came for other segments in the meantime. */
  readonly onFetched: (
    bytes: number,
    timing: { durationMs: number; firstByteMs: number; sharedBytes: number },
  ) => void;
  /** Bytes came in vain. */
  readonly onLost: (source: Source, bytes: number) => void;
}

/** What becomes of a fetch that was not aborted. */
export interface OriginFetchOutcome {
  /** False where the segment has come from elsewhere or is of no interest any more. */
  isMissing(record: SegmentRecord): boolean;
  fetched(record: SegmentRecord, data: ArrayBuffer, isVerified: boolean): void;
  failed(record: SegmentRecord, failure: OriginFailure): void;
}

/** One track's fetches from the origin, of which each segment's record has its own. */
export class OriginFetches {
  readonly #options: OriginFetchesOptions;
  readonly #outcome: OriginFetchOutcome;

  constructor(options: OriginFetchesOptions, outcome: OriginFetchOutcome) {
    this.#options = options;
    this.#outcome = outcome;
  }

  /** @param isForRequest the player's wish alone; it goes when that does. */
  start(record: SegmentRecord, isForRequest: boolean): void {
    let ended = () => 0;
    const fetch = this.#options.startFetch(record.segment, {
      done: (data, timing) => {
        record.fetch = undefined;
        this.#options.onFetched(data.byteLength, { ...timing, sharedBytes: ended() });
        if (this.#options.verifyOrigin) void this.#check(record, data);
        else this.#outcome.fetched(record, data, false);
      },
      failed: (failure) => {
        ended();
        record.fetch = undefined;
        this.#outcome.failed(record, failure);
      },
    });
    ended = this.#options.intake.fetchStarted(fetch);
    record.fetch = Object.assign(fetch, { isForRequest, ended });
  }

  abort(record: SegmentRecord): void {
    const { fetch } = record;
    if (!fetch) return;
    const { loadedBytes } = fetch.progress();
    if (loadedBytes > 0) this.#options.onLost("origin", loadedBytes);
    fetch.ended();
    fetch.abort();
    record.fetch = undefined;
  }

  async #check(record: SegmentRecord, data: ArrayBuffer): Promise<void> {
    const verdict = await this.#options.check(record.segment, data);
    if (!this.#outcome.isMissing(record)) {
      this.#options.onLost("origin", data.byteLength);
    } else if (verdict === "wrong") {
      this.#options.onLost("origin", data.byteLength);
      this.#outcome.failed(record, { code: 0, text: "not what the playlist says", isTimeout: false });
    } else {
      this.#outcome.fetched(record, data, verdict === "right");
    }
  }
}
