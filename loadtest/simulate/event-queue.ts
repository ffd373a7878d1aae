const FIRST_CAPACITY = 1_024;
const CHILDREN = 4;

/**
 * Events in the order of their times, and those of one time in that of their numbers. A heap with four children per
 * node in typed arrays: nothing is allocated per event.
 */
export class EventQueue {
  #size = 0;
  #times = new Float64Array(FIRST_CAPACITY);
  /** Which record the node at this place of the heap stands for. */
  #records = new Uint32Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #firsts = new Int32Array(FIRST_CAPACITY);
  #seconds = new Int32Array(FIRST_CAPACITY);
  /** Records that are not in use. */
  readonly #free: number[] = [];

  /** What {@link pop} has taken out last. */
  timeMs = 0;
  kind = 0;
  first = 0;
  second = 0;

  /**
   * @param order larger for those that were added later.
   * @param kind 0 to 255; with two 32-bit numbers it says what happens.
   */
  push(timeMs: number, order: number, kind: number, first: number, second: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const record = this.#free.pop() ?? this.#size;
    this.#kinds[record] = kind;
    this.#firsts[record] = first;
    this.#seconds[record] = second;
    this.#orders[record] = order;
    this.#rise(this.#size++, timeMs, order, record);
  }

  /** Takes the next event out and puts it into {@link timeMs}, {@link kind}, {@link first} and {@link second}. */
  pop(): boolean {
    if (this.#size === 0) return false;
    const record = this.#records[0] as number;
    this.timeMs = this.#times[0] as number;
    this.kind = this.#kinds[record] as number;
    this.first = this.#firsts[record] as number;
    this.second = this.#seconds[record] as number;
    this.#free.push(record);
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last] as number, this.#records[last] as number);
    return true;
  }

  #rise(from: number, timeMs: number, order: number, record: number): void {
    const times = this.#times;
    const records = this.#records;
    const orders = this.#orders;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const difference = timeMs - (times[parent] as number);
      if (difference > 0 || (difference === 0 && order > (orders[records[parent] as number] as number)))
        break;
      times[place] = times[parent] as number;
      records[place] = records[parent] as number;
      place = parent;
    }
    times[place] = timeMs;
    records[place] = record;
  }

  #sink(timeMs: number, record: number): void {
    const times = this.#times;
    const records = this.#records;
    const orders = this.#orders;
    const size = this.#size;
    const order = orders[record] as number;
    let place = 0;
    for (;;) {
      let least = place * CHILDREN + 1;
      if (least >= size) break;
      const end = Math.min(least + CHILDREN, size);
      for (let child = least + 1; child < end; child++) {
        const difference = (times[child] as number) - (times[least] as number);
        if (
          difference < 0 ||
          (difference === 0 &&
            (orders[records[child] as number] as number) < (orders[records[least] as number] as number))
        ) {
          least = child;
        }
      }
      const difference = timeMs - (times[least] as number);
      if (difference < 0 || (difference === 0 && order < (orders[records[least] as number] as number))) break;
      times[place] = times[least] as number;
      records[place] = records[least] as number;
      place = least;
    }
    times[place] = timeMs;
    records[place] = record;
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const larger = <Numbers extends Float64Array | Uint32Array | Uint8Array | Int32Array>(
      into: Numbers,
      from: Numbers,
    ): Numbers => {
      into.set(from as never);
      return into;
    };
    this.#times = larger(new Float64Array(capacity), this.#times);
    this.#records = larger(new Uint32Array(capacity), this.#records);
    this.#orders = larger(new Float64Array(capacity), this.#orders);
    this.#kinds = larger(new Uint8Array(capacity), this.#kinds);
    this.#firsts = larger(new Int32Array(capacity), this.#firsts);
    this.#seconds = larger(new Int32Array(capacity), this.#seconds);
  }
}
