const FIRST_CAPACITY = 256;
/** Of the number that an event's kind shares with what it is about. */
const KIND_BITS = 5;
const NONE = -1;
/** Events in a chunk. */
const EVENTS = 16;
const DOUBLES = 2;
const INTEGERS = 4;
const EVENT_BYTES = DOUBLES * 8;
// Of an event: when, its first number and kind in one, and its second number; the former in doubles, the latter in integers.
const TIME = 0;
const FIRST_AND_KIND = 2;
const SECOND = 3;

type Take = (timeMs: number, kind: number, first: number, second: number) => void;

/**
 * Lists of events in the order in which they were added. What is on one list lies side by side, some at a time: a list
 * that is read long after it was written would otherwise wait for memory once for each event.
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
  /** Those of the list that is being emptied. */
  readonly #emptied: number[] = [];

  /**
   * Adds an event to a list.
   *
   * @param last the list's last chunk; -1 for an empty list.
   * @param kind 0 to 31.
   * @param first 0 to 2^26 − 1.
   * @param second a 32-bit integer.
   * @returns the list's last chunk now.
   */
  add(last: number, timeMs: number, kind: number, first: number, second: number): number {
    const chunk = last === NONE || this.#counts[last] === EVENTS ? this.#take(last) : last;
    const count = this.#counts[chunk] as number;
    this.#counts[chunk] = count + 1;
    const integers = (chunk * EVENTS + count) * INTEGERS;
    this.#doubles[(chunk * EVENTS + count) * DOUBLES + TIME] = timeMs;
    this.#integers[integers + FIRST_AND_KIND] = (first << KIND_BITS) | kind;
    this.#integers[integers + SECOND] = second;
    return chunk;
  }

  /** Hands out all events of a list, which is no more then. They may be added to other lists meanwhile. */
  empty(last: number, take: Take): void {
    const emptied = this.#emptied;
    for (let chunk = last; chunk !== NONE; chunk = this.#befores[chunk] as number) emptied.push(chunk);
    for (let chunk = emptied.pop(); chunk !== undefined; chunk = emptied.pop()) this.#emptyOne(chunk, take);
  }

  #emptyOne(chunk: number, take: Take): void {
    const count = this.#counts[chunk] as number;
    for (let place = 0; place < count; place++) {
      const integers = (chunk * EVENTS + place) * INTEGERS;
      const firstAndKind = this.#integers[integers + FIRST_AND_KIND] as number;
      take(
        this.#doubles[(chunk * EVENTS + place) * DOUBLES + TIME] as number,
        firstAndKind & (2 ** KIND_BITS - 1),
        firstAndKind >> KIND_BITS,
        this.#integers[integers + SECOND] as number,
      );
    }
    this.#befores[chunk] = this.#free;
    this.#free = chunk;
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
