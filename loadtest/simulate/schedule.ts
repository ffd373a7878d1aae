import { EventQueue } from "./event-queue.js";

type Handler = (first: number, second: number) => void;

/** Simulated time: what happens when. */
export class Schedule {
  readonly #queue = new EventQueue();
  readonly #handlers: Handler[] = [];
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Makes a kind of event. Its two numbers mean what the handler takes them for. */
  on(handler: Handler): number {
    return this.#handlers.push(handler) - 1;
  }

  after(delayMs: number, kind: number, first: number, second = 0): void {
    this.#queue.push(this.#nowMs + delayMs, kind, first, second);
  }

  /** An event of the past happens next. */
  at(timeMs: number, kind: number, first: number, second = 0): void {
    this.#queue.push(Math.max(timeMs, this.#nowMs), kind, first, second);
  }

  /** Lets up to `count` events happen that lie before `untilMs`. @returns false when there are no more of them. */
  run(untilMs: number, count: number): boolean {
    const queue = this.#queue;
    const handlers = this.#handlers;
    for (let done = 0; done < count; done++) {
      if (!queue.pop()) return false;
      if (queue.timeMs > untilMs) {
        this.#nowMs = untilMs;
        return false;
      }
      this.#nowMs = queue.timeMs;
      (handlers[queue.kind] as Handler)(queue.first, queue.second);
    }
    return true;
  }
}
