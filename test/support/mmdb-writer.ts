/** What stands in a database for one network. */
export interface MmdbEntry {
  /** IPv4, e.g. `81.2.69.0/24`. */
  readonly prefix: string;
  readonly record: MmdbValue;
}

type MmdbValue = string | number | { readonly [name: string]: MmdbValue };

/** A branch of the search tree: each side is another branch, an entry's place in the data section, or nothing. */
interface Branch {
  readonly sides: [Branch | number | undefined, Branch | number | undefined];
}

const MAP = 7;
const TEXT = 2;
const UINT32 = 6;
const SEPARATOR = Buffer.alloc(16);

/** A database as MaxMind's tools write them (https://maxmind.github.io/MaxMind-DB/), for IPv4 and records of 24 bits. */
export function writeMmdb(databaseType: string, entries: readonly MmdbEntry[]): Buffer {
  const root: Branch = { sides: [undefined, undefined] };
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const { prefix, record } of entries) {
    insert(root, prefix, dataBytes);
    const encoded = encode(record);
    data.push(encoded);
    dataBytes += encoded.length;
  }
  const branches = [root];
  for (const branch of branches)
    for (const side of branch.sides) if (typeof side === "object") branches.push(side);
  const tree = Buffer.alloc(branches.length * 6);
  const pointerOf = (side: Branch | number | undefined) => {
    if (side === undefined) return branches.length;
    return typeof side === "number" ? branches.length + SEPARATOR.length + side : branches.indexOf(side);
  };
  for (const [index, { sides }] of branches.entries())
    for (const [bit, side] of sides.entries()) tree.writeUIntBE(pointerOf(side), index * 6 + bit * 3, 3);
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: databaseType,
    description: {},
    ip_version: 4,
    languages: {},
    node_count: branches.length,
    record_size: 24,
  });
  return Buffer.concat([
    tree,
    SEPARATOR,
    ...data,
    Buffer.from("\xab\xcd\xefMaxMind.com", "latin1"),
    metadata,
  ]);
}

function insert(root: Branch, prefix: string, place: number): void {
  const [address = "", bits = "32"] = prefix.split("/");
  const path = address
    .split(".")
    .map((byte) => Number(byte).toString(2).padStart(8, "0"))
    .join("")
    .slice(0, Number(bits));
  let branch = root;
  for (const [depth, letter] of [...path].entries()) {
    const bit = letter === "1" ? 1 : 0;
    if (depth === path.length - 1) branch.sides[bit] = place;
    else {
      const next: Branch = { sides: [undefined, undefined] };
      const side = branch.sides[bit];
      if (typeof side === "number")
        throw new RangeError(`${prefix} is in a prefix that stands there already`);
      branch.sides[bit] = side ?? next;
      branch = side ?? next;
    }
  }
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === "number") {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(UINT32, 4), bytes]);
  }
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return Buffer.concat([control(TEXT, bytes.length), bytes]);
  }
  const fields = Object.entries(value);
  return Buffer.concat([
    control(MAP, fields.length),
    ...fields.flatMap(([name, field]) => [encode(name), encode(field)]),
  ]);
}

function control(type: number, size: number): Buffer {
  if (size >= 29 + 256) throw new RangeError(`expected at most ${28 + 256} bytes, got ${size}`);
  return size < 29 ? Buffer.from([(type << 5) | size]) : Buffer.from([(type << 5) | 29, size - 29]);
}
