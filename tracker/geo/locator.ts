import { readFile } from "node:fs/promises";
import { type Address, scopeOf } from "../nearness/address.js";
import { countryCode, createPlace, type Place, UNKNOWN } from "../nearness/place.js";
import { OptionError } from "../options.js";
import { type AddressData, bundledAddressData } from "./address-data.js";
import { type Explanation, explain, prefixText } from "./explanation.js";
import { openMmdb } from "./mmdb.js";
import { type Network, Networks, parseNetworks } from "./networks.js";

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

  /** The same in words, and where it comes from. */
  explain(address: Address): Explanation {
    const { asn, country } = this.place(address);
    const found = this.networks.find(address);
    const sources = this.#data?.sourcesFor(address);
    const code = countryCode(country);
    return explain(address, {
      network: found && { ...found.network, prefix: prefixText(address, found.length) },
      hasNetworks: this.networks.all.length > 0,
      asn: asn === UNKNOWN ? undefined : { value: asn, source: sources?.asn ?? "" },
      country: code === undefined ? undefined : { value: code, source: sources?.country ?? "" },
    });
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
