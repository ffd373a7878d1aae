const FIRST_CAPACITY = 256;
const KINDS = 256;
const NONE = -1;
/** Events in a chunk. */
const EVENTS = 16;
const DOUBLES = 4;
const INTEGERS = 8;
const EVENT_BYTES = DOUBLES * 8;
// Of an event: when, its order and kind in one, and two numbers; in doubles and in integers.
const TIME = 0;
const ORDER_AND_KIND = 1;
const FIRST = 4;
const SECOND = 5;

type Take = (timeMs: number, order: number, kind: number, first: number, second: number) => void;

/**
 * Unsorted lists of events. What is on one list lies side by side, some at a time: a list that is read long after it
 * was written would otherwise wait for memory once for each event.
 */
export class PageChunks {
  #memory = new ArrayBuffer(FIRST_CAPACITY * EVENTS * EVENT_BYTES);
  #doubles = new Float64Array(this.#memory);
  #integers = new Int32Array(this.#memory);
  // Of each chunk; apart from the events, which are written without waiting for memory.
  #counts = new Uint8Array(FIRST_CAPACITY);
  #befores = new Int32Array(FIRST_CAPACITY);
  #chunks = 0;
  /** First of the chunks that are not in use. */
  #free = NONE;

  /** Adds an event to a list. @param last the list's last chunk; -1 for an empty list. @returns the one it has now. */
  add(last: number, timeMs: number, order: number, kind: number, first: number, second: number): number {
    const chunk = last === NONE || this.#counts[last] === EVENTS ? this.#take(last) : last;
    const count = this.#counts[chunk] as number;
    this.#counts[chunk] = count + 1;
    const doubles = (chunk * EVENTS + count) * DOUBLES;
    const integers = (chunk * EVENTS + count) * INTEGERS;
    this.#doubles[doubles + TIME] = timeMs;
    this.#doubles[doubles + ORDER_AND_KIND] = order * KINDS + kind;
    this.#integers[integers + FIRST] = first;
    this.#integers[integers + SECOND] = second;
    return chunk;
  }

  /** Hands out all events of a chunk, and gives it back. They may be added to other lists meanwhile. @returns the chunk before it. */
  empty(chunk: number, take: Take): number {
    const before = this.#befores[chunk] as number;
    const count = this.#counts[chunk] as number;
    for (let place = 0; place < count; place++) {
      const doubles = (chunk * EVENTS + place) * DOUBLES;
      const integers = (chunk * EVENTS + place) * INTEGERS;
      const orderAndKind = this.#doubles[doubles + ORDER_AND_KIND] as number;
      const order = Math.floor(orderAndKind / KINDS);
      take(
        this.#doubles[doubles + TIME] as number,
        order,
        orderAndKind - order * KINDS,
        this.#integers[integers + FIRST] as number,
        this.#integers[integers + SECOND] as number,
      );
    }
    this.#befores[chunk] = this.#free;
    this.#free = chunk;
    return before;
  }

  #take(before: number): number {
    let chunk = this.#free;
    if (chunk === NONE) {
      if (this.#chunks === this.#counts.length) this.#grow();
      chunk = this.#chunks++;
    } else {
      this.#free = this.#befores[chunk] as number;
    }
    this.#befores[chunk] = before;
    this.#counts[chunk] = 0;
    return chunk;
  }

  #grow(): void {
    const memory = new ArrayBuffer(this.#memory.byteLength * 2);
    new Uint8Array(memory).set(new Uint8Array(this.#memory));
    this.#memory = memory;
    this.#doubles = new Float64Array(memory);
    this.#integers = new Int32Array(memory);
    const counts = new Uint8Array(this.#counts.length * 2);
    counts.set(this.#counts);
    this.#counts = counts;
    const befores = new Int32Array(this.#befores.length * 2);
    befores.set(this.#befores);
    this.#befores = befores;
  }
}
