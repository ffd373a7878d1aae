import { readFile } from "node:fs/promises";
import { type Address, scopeOf } from "../nearness/address.js";
import { countryCode, createPlace, type Place, UNKNOWN } from "../nearness/place.js";
import { OptionError } from "../options.js";
import { type AddressData, bundledAddressData } from "./address-data.js";
import { openMmdb } from "./mmdb.js";
import { type Network, Networks, parseNetworks } from "./networks.js";

/** What is known about an address, and how; for people. */
export interface Explanation {
  readonly address: string;
  /** The IANA range: `unicast` for public addresses. Others are in no country and no ASN. */
  readonly range: string;
  /** What counts as one public address: the address itself, or its /64. */
  readonly sameAddress: string;
  readonly prefix: string;
  readonly network: string | null;
  readonly policy: string;
  readonly asn: number | null;
  readonly country: string | null;
}

/** Finds out where addresses are. */
export class Locator {
  readonly networks: Networks;
  readonly #data: AddressData | undefined;

  constructor(networks: Networks, data: AddressData | undefined) {
    this.networks = networks;
    this.#data = data;
  }

  place(address: Address): Place {
    const scope = scopeOf(address);
    const network = this.networks.networkOf(address)?.number ?? UNKNOWN;
    // Databases of the Internet have nonsense for private addresses.
    if (scope !== "public" || this.#data === undefined) return createPlace(address, { scope, network });
    const asn = this.#data.asnOf(address);
    return createPlace(address, { scope, network, asn, country: this.#data.countryOf(address) });
  }

  networkOf(place: Place): Network | undefined {
    return this.networks.all[place.network];
  }

  explain(address: Address): Explanation {
    const { asn, country } = this.place(address);
    const network = this.networks.networkOf(address);
    return {
      address: address.text,
      range: address.range,
      sameAddress: prefixText(address, address.family === 4 ? 32 : 64),
      prefix: prefixText(address, address.family === 4 ? 24 : 48),
      network: network?.name ?? null,
      policy: network?.standing ?? "p2p",
      asn: asn === UNKNOWN ? null : asn,
      country: countryCode(country) ?? null,
    };
  }
}

/**
 * @param options.geo the operator's databases, used before the ones that the package brings.
 * @throws {OptionError} naming what cannot be read.
 */
export async function createLocator(options: {
  readonly geo: readonly string[];
  readonly networks: string | undefined;
}): Promise<Locator> {
  const { geo, networks } = options;
  const bundled = await bundledAddressData();
  const data = geo.length === 0 ? bundled : await openMmdb(geo, bundled);
  return new Locator(networks === undefined ? new Networks() : await readNetworks(networks), data);
}

async function readNetworks(file: string): Promise<Networks> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new OptionError(`networks: cannot read ${file} (${(cause as Error).message})`, { cause });
  }
  return parseNetworks(text, file);
}

function prefixText({ bytes, family }: Address, bits: number): string {
  const kept = bytes.map((byte, index) => (index < bits / 8 ? byte : 0));
  if (family === 4) return `${kept.join(".")}/${bits}`;
  const groups = Array.from({ length: bits / 16 }, (_, index) =>
    ((kept[2 * index] ?? 0) * 256 + (kept[2 * index + 1] ?? 0)).toString(16),
  );
  return `${groups.join(":")}::/${bits}`;
}
