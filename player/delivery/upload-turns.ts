import type { Clock } from "../clock.js";
import { isNeededSoon, type LivePlace, mayGoFirst, TURN_MS } from "../policy/upload-turn.js";
import type { Timers } from "./timers.js";

export interface UploadTurnsOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called when nobody is waited for any more, so that the others may ask again. */
  readonly onPassed: () => void;
}

/** Who is served first when a full uplink has room again. */
export class UploadTurns {
  readonly #options: UploadTurnsOptions;
  /** Of the segments that were turned away and are needed soon, the start of the earliest. */
  #firstS: number | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: UploadTurnsOptions) {
    this.#options = options;
  }

  /** There is no room for this one now. */
  turnedAway(place: LivePlace | undefined): void {
    if (place && isNeededSoon(place)) this.#firstS = Math.min(this.#firstS ?? place.startS, place.startS);
  }

  /** Whether a request that there is room for may be served, or has to leave it to another one. */
  take(place: LivePlace | undefined): boolean {
    const freeMs = this.#options.clock.now() - this.#toldAtMs;
    if (!mayGoFirst(place?.startS, this.#firstS, freeMs)) return false;
    this.#firstS = undefined;
    return true;
  }

  /** Everybody is about to hear that there is room. */
  told(): void {
    if (this.#firstS === undefined) return;
    const { clock, timers, onPassed } = this.#options;
    const toldAtMs = clock.now();
    this.#toldAtMs = toldAtMs;
    timers.later(TURN_MS, () => {
      if (this.#toldAtMs !== toldAtMs) return;
      this.#firstS = undefined;
      onPassed();
    });
  }
}
