import maxmind, { type Reader, type Response } from "maxmind";
import { countryNumber, UNKNOWN } from "../nearness/place.js";
import { OptionError } from "../options.js";
import type { AddressData } from "./address-data.js";

/**
 * Country and ASN from the operator's own databases in MaxMind's format: GeoLite2, GeoIP2, DB-IP and ip-location-db
 * name the fields in different ways.
 *
 * @param files in which to look, the first that knows counts.
 * @param otherwise what to use where no file knows.
 * @throws {OptionError} naming the file.
 */
export async function openMmdb(
  files: readonly string[],
  otherwise: AddressData | undefined,
): Promise<AddressData> {
  const databases = await Promise.all(files.map(async (file) => ({ file, reader: await open(file) })));
  const find = (text: string, read: (record: Fields) => number) => {
    for (const { file, reader } of databases) {
      const value = read((reader.get(text) ?? {}) as Fields);
      if (value !== UNKNOWN) return { value, file };
    }
    return undefined;
  };
  return {
    asnOf(address) {
      return find(address.text, asnIn)?.value ?? otherwise?.asnOf(address) ?? UNKNOWN;
    },
    countryOf(address) {
      return find(address.text, countryIn)?.value ?? otherwise?.countryOf(address) ?? UNKNOWN;
    },
    sourcesFor(address) {
      const others = otherwise?.sourcesFor(address);
      return {
        asn: find(address.text, asnIn)?.file ?? others?.asn ?? "",
        country: find(address.text, countryIn)?.file ?? others?.country ?? "",
      };
    },
  };
}

type Fields = { readonly [name: string]: unknown };

async function open(file: string): Promise<Reader<Response>> {
  try {
    return await maxmind.open(file);
  } catch (cause) {
    throw new OptionError(
      `geo: ${file} is not a MaxMind database that can be read (${(cause as Error).message})`,
      {
        cause,
      },
    );
  }
}

function asnIn(record: Fields): number {
  const asn = record.autonomous_system_number ?? record.asn;
  return typeof asn === "number" && asn > 0 ? asn : UNKNOWN;
}

function countryIn(record: Fields): number {
  const country = record.country as Fields | undefined;
  const code = record.country_code ?? country?.iso_code;
  return typeof code === "string" ? countryNumber(code) : UNKNOWN;
}
