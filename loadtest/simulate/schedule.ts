import { Calendar } from "./calendar.js";

type Handler = (first: number, second: number) => void;

/** Simulated time: what happens when. */
export class Schedule {
  readonly #calendar: Calendar;
  readonly #handlers: Handler[] = [];
  #nowMs = 0;
  /** The event that comes next is out of the calendar: it lay beyond the end of a run. */
  #isHeld = false;

  /** @param pageMs see {@link Calendar}. */
  constructor(pageMs: number) {
    this.#calendar = new Calendar(pageMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Makes a kind of event. Its two numbers mean what the handler takes them for. */
  on(handler: Handler): number {
    return this.#handlers.push(handler) - 1;
  }

  after(delayMs: number, kind: number, first: number, second = 0): void {
    this.#calendar.push(this.#nowMs + delayMs, kind, first, second);
  }

  /** An event of the past happens next. */
  at(timeMs: number, kind: number, first: number, second = 0): void {
    this.#calendar.push(Math.max(timeMs, this.#nowMs), kind, first, second);
  }

  /**
   * Lets up to `count` events happen that do not lie beyond `untilMs`. Between two runs nothing may be added.
   *
   * @returns false when there are no more of them.
   */
  run(untilMs: number, count: number): boolean {
    const calendar = this.#calendar;
    const { event } = calendar;
    const handlers = this.#handlers;
    for (let done = 0; done < count; done++) {
      if (!this.#isHeld && !calendar.pop()) return false;
      this.#isHeld = event.timeMs > untilMs;
      if (this.#isHeld) {
        this.#nowMs = untilMs;
        return false;
      }
      this.#nowMs = event.timeMs;
      (handlers[event.kind] as Handler)(event.first, event.second);
    }
    return true;
  }
}
