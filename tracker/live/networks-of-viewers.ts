import { countryCode, type Place, UNKNOWN } from "../nearness/place.js";

/** Where a viewer is, as the page names it: nothing that would tell two viewers of one network apart. */
export function networkName(place: Place, operatorsName: string | undefined): string {
  if (operatorsName !== undefined) return operatorsName;
  if (place.scope === "loopback") return "the tracker's own machine";
  if (place.scope === "private") return "a private network";
  const country = countryCode(place.country);
  if (place.asn === UNKNOWN) return country ?? "unknown";
  return country === undefined ? `AS${place.asn}` : `AS${place.asn}, ${country}`;
}

/** Counts viewers by network. */
export class NetworkCounts {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Those with most viewers. */
  largest(limit: number): { readonly name: string; readonly viewers: number }[] {
    return Array.from(this.#counts, ([name, viewers]) => ({ name, viewers }))
      .sort((a, b) => b.viewers - a.viewers || (a.name < b.name ? -1 : 1))
      .slice(0, limit);
  }
}
