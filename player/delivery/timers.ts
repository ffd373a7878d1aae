import type { Clock } from "../clock.js";

/** What somebody has still to do later, until it closes. */
export class Timers {
  readonly #clock: Clock;
  readonly #stops = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  later(delayMs: number, run: () => void): void {
    const stop = this.#clock.after(delayMs, () => {
      this.#stops.delete(stop);
      run();
    });
    this.#stops.add(stop);
  }

  /** Nothing that was to be done is done any more. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }
}
