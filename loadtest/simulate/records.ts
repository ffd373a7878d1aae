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
  /** For so many records. */
  memory(records: number): Float64Array;
}

/** Doubles in a cache line of 64 bytes. */
const LINE = 8;
/** Allocators keep 16 bytes of a page for themselves; the first record begins with the line after that. */
const BEFORE_FIRST = 6;

/**
 * Records whose properties lie next to each other in memory. Engines give every property that holds a double a box of
 * its own, anywhere on the heap, and everything else eight bytes in an object that lies anywhere, too; a simulation that
 * looks at a hundred thousand records in turn then waits for memory most of the time.
 *
 * @param kinds in the order of their places: those that are used together belong together. All flags are bits of the
 *   first one's place.
 */
export function recordsOf<const Kinds extends Record<string, Kind>>(kinds: Kinds): RecordClass<Kinds> {
  const properties = placesOf(kinds);
  const size = Math.ceil((Math.max(...properties.map(({ place }) => place)) + 1) / LINE) * LINE;
  const optional = properties.flatMap(({ kind, place }) => (kind === "number?" ? [place] : []));
  class Packed implements Memory {
    static readonly size = size;

    static memory(records: number): Float64Array {
      return new Float64Array(BEFORE_FIRST + records * size);
    }

    readonly memory: Float64Array;
    readonly first: number;

    constructor(memory: Float64Array, record: number) {
      this.memory = memory;
      this.first = BEFORE_FIRST + record * size;
      for (const place of optional) memory[this.first + place] = Number.NaN;
    }
  }
  for (const { name, kind, place, bit } of properties) {
    Object.defineProperty(Packed.prototype, name, ACCESSORS[kind](place, bit));
  }
  return Packed as unknown as RecordClass<Kinds>;
}

interface Property {
  readonly name: string;
  readonly kind: Kind;
  readonly place: number;
  /** Of a flag, in the number at its place. */
  readonly bit: number;
}

function placesOf(kinds: Record<string, Kind>): Property[] {
  let places = 0;
  let flags: { readonly place: number; count: number } | undefined;
  return Object.entries(kinds).map(([name, kind]) => {
    if (kind !== "flag") return { name, kind, place: places++, bit: 0 };
    flags ??= { place: places++, count: 0 };
    return { name, kind, place: flags.place, bit: 1 << flags.count++ };
  });
}

interface Memory {
  readonly memory: Float64Array;
  readonly first: number;
}

const ACCESSORS: {
  readonly [Each in Kind]: (place: number, bit: number) => PropertyDescriptor & ThisType<Memory>;
} = {
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
  flag: (place, bit) => ({
    get() {
      return ((this.memory[this.first + place] as number) & bit) !== 0;
    },
    set(value: boolean) {
      const flags = this.memory[this.first + place] as number;
      this.memory[this.first + place] = value ? flags | bit : flags & ~bit;
    },
  }),
};
