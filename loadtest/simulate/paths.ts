import type { Traits } from "../audience/traits.js";
import type { PathsPlan } from "../scenario/networks.js";
import type { Scenario } from "../scenario/scenario.js";

/** What two viewers have in common. */
export type Nearness = keyof PathsPlan;
export const NEARNESSES = [
  "samePlace",
  "sameIsp",
  "sameCountry",
  "abroad",
] as const satisfies readonly Nearness[];

type Whereabouts = Pick<Traits, "network" | "place" | "accessRttMs">;

/** Paths between viewers through the scenario's networks. */
export class Paths {
  readonly #plan: PathsPlan;
  readonly #countries: readonly string[];
  readonly #isps: readonly string[];

  constructor({ paths, networks }: Scenario) {
    this.#plan = paths;
    this.#countries = networks.map(({ country }) => country);
    // Two countries may have providers of one name.
    this.#isps = networks.map(({ country, isp }) => `${country}/${isp}`);
  }

  nearness(a: Whereabouts, b: Whereabouts): Nearness {
    if (a.network === b.network) return a.place === b.place ? "samePlace" : "sameIsp";
    if (this.#isps[a.network] === this.#isps[b.network]) return "sameIsp";
    return this.#countries[a.network] === this.#countries[b.network] ? "sameCountry" : "abroad";
  }

  rttMs(a: Whereabouts, b: Whereabouts): number {
    return this.#plan[this.nearness(a, b)].rttMs + a.accessRttMs + b.accessRttMs;
  }

  /** What one connection gets at most. */
  bytesPerMs(a: Whereabouts, b: Whereabouts): number {
    return this.#plan[this.nearness(a, b)].mbps * 125;
  }
}
