const FIRST_CAPACITY = 256;
const KINDS = 256;
const NONE = -1;
/** A chunk is 512 bytes long: a head, and behind it events of 32 bytes each. */
const CHUNK_BYTES = 512;
const EVENTS = 15;
const DOUBLES = 4;
const INTEGERS = 8;
// Of a head, in integers.
const BEFORE = 0;
const COUNT = 1;
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
  #memory = new ArrayBuffer(FIRST_CAPACITY * CHUNK_BYTES);
  #doubles = new Float64Array(this.#memory);
  #integers = new Int32Array(this.#memory);
  #chunks = 0;
  /** First of the chunks that are not in use. */
  #free = NONE;

  /** Adds an event to a list. @param last the list's last chunk; -1 for an empty list. @returns the one it has now. */
  add(last: number, timeMs: number, order: number, kind: number, first: number, second: number): number {
    const chunk = last === NONE || this.#count(last) === EVENTS ? this.#take(last) : last;
    const head = chunk * (CHUNK_BYTES / 4);
    const place = this.#count(chunk) + 1;
    this.#integers[head + COUNT] = place;
    const doubles = chunk * (CHUNK_BYTES / 8) + place * DOUBLES;
    const integers = head + place * INTEGERS;
    this.#doubles[doubles + TIME] = timeMs;
    this.#doubles[doubles + ORDER_AND_KIND] = order * KINDS + kind;
    this.#integers[integers + FIRST] = first;
    this.#integers[integers + SECOND] = second;
    return chunk;
  }

  /** Hands out all events of a chunk, and gives it back. They may be added to other lists meanwhile. @returns the chunk before it. */
  empty(chunk: number, take: Take): number {
    const head = chunk * (CHUNK_BYTES / 4);
    const before = this.#integers[head + BEFORE] as number;
    const count = this.#count(chunk);
    for (let place = 1; place <= count; place++) {
      const doubles = chunk * (CHUNK_BYTES / 8) + place * DOUBLES;
      const integers = head + place * INTEGERS;
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
    this.#integers[head + BEFORE] = this.#free;
    this.#free = chunk;
    return before;
  }

  #count(chunk: number): number {
    return this.#integers[chunk * (CHUNK_BYTES / 4) + COUNT] as number;
  }

  #take(before: number): number {
    let chunk = this.#free;
    if (chunk === NONE) {
      if ((this.#chunks + 1) * CHUNK_BYTES > this.#memory.byteLength) this.#grow();
      chunk = this.#chunks++;
    } else {
      this.#free = this.#integers[chunk * (CHUNK_BYTES / 4) + BEFORE] as number;
    }
    this.#integers[chunk * (CHUNK_BYTES / 4) + BEFORE] = before;
    this.#integers[chunk * (CHUNK_BYTES / 4) + COUNT] = 0;
    return chunk;
  }

  #grow(): void {
    const memory = new ArrayBuffer(this.#memory.byteLength * 2);
    new Uint8Array(memory).set(new Uint8Array(this.#memory));
    this.#memory = memory;
    this.#doubles = new Float64Array(memory);
    this.#integers = new Int32Array(memory);
  }
}
