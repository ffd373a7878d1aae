import { EventQueue } from "./event-queue.js";

const FIRST_CAPACITY = 1_024;
const KINDS = 256;
const PAGES = 4_096;
/** 32 bytes for each event: when, its order and kind in one, two numbers, and the next one on its page. */
const DOUBLES = 4;
const INTEGERS = 8;
const TIME = 0;
const ORDER_AND_KIND = 1;
const FIRST = 4;
const SECOND = 5;
const NEXT = 6;
const NONE = -1;

/**
 * Events in the order of their times, and those of one time in the order in which they were added. What lies further
 * ahead is put on the page of its time, unsorted; only the events of the open page are in a heap, which stays small.
 */
export class Calendar {
  readonly #open = new EventQueue();
  readonly #pageMs: number;
  readonly #pages = new Int32Array(PAGES).fill(NONE);
  #page = 0;
  #added = 0;
  /** Events on pages. */
  #waiting = 0;
  #memory = new ArrayBuffer(FIRST_CAPACITY * DOUBLES * 8);
  #doubles = new Float64Array(this.#memory);
  #integers = new Int32Array(this.#memory);
  #records = 0;
  /** First of the records that are not in use. */
  #free = NONE;

  /** @param pageMs time on one page; a hundred events on each make the most of it. */
  constructor(pageMs: number) {
    this.#pageMs = pageMs;
  }

  /** What {@link pop} has taken out last. */
  get event(): Pick<EventQueue, "timeMs" | "kind" | "first" | "second"> {
    return this.#open;
  }

  /** @param kind 0 to 255; with two 32-bit numbers it says what happens. */
  push(timeMs: number, kind: number, first: number, second: number): void {
    const order = this.#added++;
    const page = Math.floor(timeMs / this.#pageMs);
    if (page <= this.#page) {
      this.#open.push(timeMs, order, kind, first, second);
      return;
    }
    const record = this.#take();
    this.#doubles[record * DOUBLES + TIME] = timeMs;
    this.#doubles[record * DOUBLES + ORDER_AND_KIND] = order * KINDS + kind;
    this.#integers[record * INTEGERS + FIRST] = first;
    this.#integers[record * INTEGERS + SECOND] = second;
    this.#link(record, page % PAGES);
    this.#waiting++;
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
    let record = this.#pages[slot] as number;
    this.#pages[slot] = NONE;
    while (record !== NONE) {
      const next = this.#integers[record * INTEGERS + NEXT] as number;
      const timeMs = this.#doubles[record * DOUBLES + TIME] as number;
      if (Math.floor(timeMs / this.#pageMs) > this.#page) {
        // Its page comes round again before its time.
        this.#link(record, slot);
      } else {
        const orderAndKind = this.#doubles[record * DOUBLES + ORDER_AND_KIND] as number;
        const order = Math.floor(orderAndKind / KINDS);
        this.#open.push(
          timeMs,
          order,
          orderAndKind - order * KINDS,
          this.#integers[record * INTEGERS + FIRST] as number,
          this.#integers[record * INTEGERS + SECOND] as number,
        );
        this.#integers[record * INTEGERS + NEXT] = this.#free;
        this.#free = record;
        this.#waiting--;
      }
      record = next;
    }
  }

  #link(record: number, slot: number): void {
    this.#integers[record * INTEGERS + NEXT] = this.#pages[slot] as number;
    this.#pages[slot] = record;
  }

  #take(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#integers[free * INTEGERS + NEXT] as number;
      return free;
    }
    if (this.#records * DOUBLES === this.#doubles.length) {
      const memory = new ArrayBuffer(this.#memory.byteLength * 2);
      new Uint8Array(memory).set(new Uint8Array(this.#memory));
      this.#memory = memory;
      this.#doubles = new Float64Array(memory);
      this.#integers = new Int32Array(memory);
    }
    return this.#records++;
  }
}
