import { type Place, UNKNOWN } from "./place.js";

/** Where those of a network live: the country and ASN of the first of them. */
interface Home {
  readonly country: number;
  readonly asn: number;
  residents: number;
}

/**
 * Keeps the operator's networks together in the tree of neighbourhoods, where a network is within an ASN and that within
 * a country. A network of several ASNs or countries would live at several places, and its peers would seldom be found
 * from each other. So all of it lives where the first that has come does, until the last has left.
 */
export class NetworkHomes {
  readonly #homes = new Map<number, Home>();

  /** @returns the place that decides where in the tree the peer lives. */
  enter(place: Place): Place {
    const { network, country, asn } = place;
    if (network === UNKNOWN) return place;
    const home = this.#homes.get(network) ?? { country, asn, residents: 0 };
    home.residents += 1;
    this.#homes.set(network, home);
    if (home.country === country && home.asn === asn) return place;
    return { ...place, country: home.country, asn: home.asn };
  }

  /** Once for each that has entered. */
  leave({ network }: Place): void {
    const home = this.#homes.get(network);
    if (home === undefined) return;
    home.residents -= 1;
    if (home.residents === 0) this.#homes.delete(network);
  }
}
