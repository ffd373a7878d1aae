/** What a property of a record holds; one with a question mark may be `undefined`. */
type Kind = "number" | "number?" | "flag";

type Valued<Kinds extends Record<string, Kind>> = {
  -readonly [Name in keyof Kinds]: Kinds[Name] extends "flag"
    ? boolean
    : Kinds[Name] extends "number"
      ? number
      : number | undefined;
};

/** A class of records with these properties, and how many numbers each record takes up. */
export interface RecordClass<Kinds extends Record<string, Kind>> {
  /** @param record its place in `memory`. All is 0, `false` or `undefined` at first. */
  new (memory: Float64Array, record: number): Valued<Kinds>;
  readonly size: number;
  /** Reads from each line of memory that a record takes up, so that it is near when it is needed. */
  glance(memory: Float64Array, record: number): number;
}

/** Doubles in a cache line of 64 bytes. */
const LINE = 8;

/**
 * Records whose properties lie next to each other in memory. Engines give every property that holds a double a box of
 * its own, anywhere on the heap, and everything else eight bytes in an object that lies anywhere, too; a simulation that
 * looks at a hundred thousand records in turn then waits for memory most of the time.
 *
 * @param kinds in the order of their places: those that are used together belong together.
 */
export function recordsOf<const Kinds extends Record<string, Kind>>(kinds: Kinds): RecordClass<Kinds> {
  const names = Object.entries(kinds);
  const size = Math.ceil(names.length / LINE) * LINE;
  const optional = names.flatMap(([, kind], place) => (kind === "number?" ? [place] : []));
  class Packed implements Memory {
    static readonly size = size;

    static glance(memory: Float64Array, record: number): number {
      let sum = 0;
      for (let line = record * size; line < (record + 1) * size; line += LINE) sum += memory[line] as number;
      return sum;
    }

    readonly memory: Float64Array;
    readonly first: number;

    constructor(memory: Float64Array, record: number) {
      this.memory = memory;
      this.first = record * size;
      for (const place of optional) memory[this.first + place] = Number.NaN;
    }
  }
  names.forEach(([name, kind], place) => {
    Object.defineProperty(Packed.prototype, name, ACCESSORS[kind](place));
  });
  return Packed as unknown as RecordClass<Kinds>;
}

interface Memory {
  readonly memory: Float64Array;
  readonly first: number;
}

const ACCESSORS: { readonly [Each in Kind]: (place: number) => PropertyDescriptor & ThisType<Memory> } = {
  number: (place) => ({
    get() {
      return this.memory[this.first + place];
    },
    set(value: number) {
      this.memory[this.first + place] = value;
    },
  }),
  "number?": (place) => ({
    get() {
      const value = this.memory[this.first + place] as number;
      return Number.isNaN(value) ? undefined : value;
    },
    set(value: number | undefined) {
      this.memory[this.first + place] = value ?? Number.NaN;
    },
  }),
  flag: (place) => ({
    get() {
      return this.memory[this.first + place] === 1;
    },
    set(value: boolean) {
      this.memory[this.first + place] = value ? 1 : 0;
    },
  }),
};
