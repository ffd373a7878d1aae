import { Neighbourhoods } from "../../tracker/nearness/neighbourhoods.js";
import { createPlace, type Place } from "../../tracker/nearness/place.js";
import type { Resident } from "../../tracker/nearness/resident.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Introductions } from "./introductions.js";
import type { Viewer } from "./viewer.js";

/** Near viewers first, by the tracker's own policy: each of a network's places is an address block of its own. */
export class NearIntroductions implements Introductions {
  readonly #neighbourhoods: Neighbourhoods<Viewer>;
  readonly #residents = new Map<Viewer, Resident<Viewer>>();
  readonly #placeOf: (viewer: Viewer) => Place;

  constructor(scenario: Scenario, random: () => number) {
    this.#neighbourhoods = new Neighbourhoods({ random });
    this.#placeOf = placing(scenario);
  }

  get size(): number {
    return this.#neighbourhoods.size;
  }

  add(viewer: Viewer): void {
    if (this.#residents.has(viewer)) return;
    this.#residents.set(viewer, this.#neighbourhoods.join(viewer, this.#placeOf(viewer)));
  }

  remove(viewer: Viewer): void {
    const resident = this.#residents.get(viewer);
    this.#residents.delete(viewer);
    if (resident) this.#neighbourhoods.leave(resident);
  }

  introduce(viewer: Viewer, count: number): Viewer[] {
    const resident = this.#residents.get(viewer);
    if (!resident) return [];
    // As the tracker has it: neither of two that do not upload has anything for the other.
    const mayMeet = (other: Viewer) => other.mayUpload || viewer.mayUpload;
    return this.#neighbourhoods.introduce(resident, count, mayMeet).map(({ item }) => item);
  }
}

/** Numbers for the scenario's names, as a database of addresses has them. */
function placing({ networks }: Scenario): (viewer: Viewer) => Place {
  const countries = [...new Set(networks.map(({ country }) => country))];
  const isps = [...new Set(networks.map(({ country, isp }) => `${country}/${isp}`))];
  let places = 0;
  const facts = networks.map(({ country, isp, places: count }) => {
    const firstPlace = places;
    places += count;
    return { firstPlace, asn: isps.indexOf(`${country}/${isp}`), country: countries.indexOf(country) };
  });
  return ({ index, traits }) => {
    const { firstPlace, asn, country } = facts[traits.network] ?? { firstPlace: 0, asn: 0, country: 0 };
    return createPlace({ prefix: firstPlace + traits.place, host: index }, { asn, country });
  };
}
