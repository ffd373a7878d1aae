import { readFile } from "node:fs/promises";
import type { Address } from "../nearness/address.js";
import { UNKNOWN } from "../nearness/place.js";
import { RangeTable } from "./range-table.js";

/** Country and ASN of public addresses, from wherever they come. */
export interface AddressData {
  /** {@link UNKNOWN} where it is not known. */
  asnOf(address: Address): number;
  /** As `countryNumber` makes it of the code, or {@link UNKNOWN}. */
  countryOf(address: Address): number;
  /** Where that is said, for people; for addresses that are known. */
  sourcesFor(address: Address): { readonly asn: string; readonly country: string };
}

const BUNDLED = "the data that is built in";

/** See scripts/geo.mjs, which writes it. */
const HEADER_BYTES = 1024;

interface TableHeader {
  readonly rows: number;
  readonly keys: number;
  readonly values: number;
}

/** Where the build has put it, from the build's and from the sources' place. */
const FILES = ["./addresses.bin", "../../dist/tracker/geo/addresses.bin"];

/** The data that the package brings along; nothing where it was built without. */
export async function bundledAddressData(): Promise<AddressData | undefined> {
  for (const file of FILES) {
    try {
      return readAddressData(await readFile(new URL(file, import.meta.url)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}

function readAddressData(file: Buffer): AddressData {
  const bytes = new Uint8Array(file).buffer;
  const { tables } = JSON.parse(file.toString("latin1", 0, HEADER_BYTES)) as {
    tables: Record<"asn4" | "asn6" | "country4" | "country6", TableHeader>;
  };
  const table = (
    { rows, keys, values }: TableHeader,
    Keys: typeof Uint32Array | typeof Float64Array,
    Values: typeof Uint16Array | typeof Uint32Array,
  ) => new RangeTable(new Keys(bytes, keys, rows), new Values(bytes, values, rows));
  const asn = {
    4: table(tables.asn4, Uint32Array, Uint32Array),
    6: table(tables.asn6, Float64Array, Uint32Array),
  };
  const country = {
    4: table(tables.country4, Uint32Array, Uint16Array),
    6: table(tables.country6, Float64Array, Uint16Array),
  };
  return {
    asnOf: (address) => asn[address.family].valueAt(keyOf(address)) || UNKNOWN,
    countryOf: (address) => country[address.family].valueAt(keyOf(address)) || UNKNOWN,
    sourcesFor: () => ({ asn: BUNDLED, country: BUNDLED }),
  };
}

/** IPv4 as a number; the first 48 bits of IPv6. */
function keyOf({ bytes, family }: Address): number {
  return bytes.slice(0, family === 4 ? 4 : 6).reduce((sum, byte) => sum * 256 + byte, 0);
}
