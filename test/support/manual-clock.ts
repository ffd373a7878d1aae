import type { Clock } from "../../player/clock.js";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #nowMs: number;
  #timers: Timer[] = [];

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  /** Timers that have not run and were not cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Runs what is due on the way, in order; timers of the same moment in the order in which they were set. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      timer.run();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Timer | undefined {
    return this.#timers
      .filter(({ atMs }) => atMs <= untilMs)
      .reduce<Timer | undefined>(
        (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
        undefined,
      );
  }
}
