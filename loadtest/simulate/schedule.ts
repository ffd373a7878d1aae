import { Calendar } from "./calendar.js";

type Handler = (first: number, second: number) => void;
/** What the first number of an event is an index of; `announcer` for a viewer whose peers hear something. */
type Subject = "viewer" | "announcer" | "flow";

/** Whom the next events are about, by index. */
export interface Coming {
  readonly viewers: number[];
  /** Also among the viewers. */
  readonly announcers: number[];
  readonly flows: number[];
}

/** Simulated time: what happens when. */
export class Schedule {
  readonly #calendar: Calendar;
  readonly #handlers: Handler[] = [];
  readonly #subjects: Subject[] = [];
  #nowMs = 0;
  /** The event that comes next is out of the calendar: it lay beyond the end of a run. */
  #isHeld = false;

  /**
   * @param pageMs see {@link Calendar}.
   * @param lookAhead is told whom the next events are about, many of them at a time. The lists are its own until it
   * returns.
   */
  constructor(pageMs: number, lookAhead: (coming: Coming) => void) {
    const coming: Coming = { viewers: [], announcers: [], flows: [] };
    const { viewers, announcers, flows } = coming;
    this.#calendar = new Calendar(pageMs, {
      comes: (kind, first) => {
        const subject = this.#subjects[kind];
        (subject === "flow" ? flows : viewers).push(first);
        if (subject === "announcer") announcers.push(first);
      },
      look() {
        lookAhead(coming);
        viewers.length = 0;
        announcers.length = 0;
        flows.length = 0;
      },
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Makes a kind of event. Its two numbers mean what the handler takes them for. */
  on(handler: Handler, subject: Subject = "viewer"): number {
    this.#subjects.push(subject);
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
