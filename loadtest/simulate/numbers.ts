type Numbers<Name extends string> = { [Each in Name]: number };

/** A class of records with these numbers, and how many of them each record takes up. */
export interface NumbersClass<Name extends string> {
  new (memory: Float64Array, record: number): Numbers<Name>;
  readonly size: number;
}

/** Doubles in a cache line of 64 bytes. */
const LINE = 8;

/**
 * Properties that lie next to each other in memory. Engines give every property that holds a double a box of its own,
 * anywhere on the heap; a simulation that looks at thousands of records in turn then waits for memory most of the time.
 *
 * @param names in the order of their places: those that are used together belong together.
 */
export function numbersOf<const Name extends string>(names: readonly Name[]): NumbersClass<Name> {
  const size = Math.ceil(names.length / LINE) * LINE;
  class Record {
    static readonly size = size;
    readonly memory: Float64Array;
    readonly first: number;

    constructor(memory: Float64Array, record: number) {
      this.memory = memory;
      this.first = record * size;
    }
  }
  names.forEach((name, place) => {
    Object.defineProperty(Record.prototype, name, {
      get(this: Record) {
        return this.memory[this.first + place];
      },
      set(this: Record, value: number) {
        this.memory[this.first + place] = value;
      },
    });
  });
  return Record as unknown as NumbersClass<Name>;
}
