import { EventQueue } from "./event-queue.js";
import { PageChunks } from "./page-chunks.js";

const PAGES = 16_384;
const NONE = -1;

/**
 * Events in the order of their times, and those of one time in the order in which they were added. What lies further
 * ahead is put on the page of its time, as it comes; only the events of the open page are in a heap, which stays small.
 */
export class Calendar {
  readonly #open = new EventQueue();
  readonly #pageMs: number;
  readonly #chunks = new PageChunks();
  /** The last chunk of each page. */
  readonly #pages = new Int32Array(PAGES).fill(NONE);
  #page = 0;
  /** Events that were put into the open page. Events of one time are all there, or on one page in their order. */
  #opened = 0;
  /** Events on pages. */
  #waiting = 0;

  /**
   * @param pageMs time on one page; a hundred events on each make the most of it.
   */
  constructor(pageMs: number) {
    this.#pageMs = pageMs;
  }

  /** What {@link pop} has taken out last. */
  get event(): Pick<EventQueue, "timeMs" | "kind" | "first" | "second"> {
    return this.#open;
  }

  /** @param kind with two numbers it says what happens; see {@link PageChunks.add} for their ranges. */
  push(timeMs: number, kind: number, first: number, second: number): void {
    if (this.#pageOf(timeMs) <= this.#page) this.#open.push(timeMs, this.#opened++, kind, first, second);
    else this.#put(timeMs, kind, first, second);
  }

  /** Takes the next event out and puts it into {@link event}. @returns false where there is none. */
  pop(): boolean {
    while (!this.#open.pop()) {
      if (this.#waiting === 0) return false;
      this.#turn();
    }
    return true;
  }

  #turn(): void {
    const slot = ++this.#page % PAGES;
    const last = this.#pages[slot] as number;
    this.#pages[slot] = NONE;
    this.#chunks.empty(last, this.#take);
  }

  /** From the page that is being opened. */
  readonly #take = (timeMs: number, kind: number, first: number, second: number) => {
    this.#waiting--;
    if (this.#pageOf(timeMs) <= this.#page) {
      this.#open.push(timeMs, this.#opened++, kind, first, second);
    }
    // Its page comes round again before its time.
    else this.#put(timeMs, kind, first, second);
  };

  #put(timeMs: number, kind: number, first: number, second: number): void {
    const slot = this.#pageOf(timeMs) % PAGES;
    this.#pages[slot] = this.#chunks.add(this.#pages[slot] as number, timeMs, kind, first, second);
    this.#waiting++;
  }

  #pageOf(timeMs: number): number {
    return Math.floor(timeMs / this.#pageMs);
  }
}
