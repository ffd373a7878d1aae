import { COHORTS, type Cohort, type StreamName } from "../../player/protocol/index.js";
import { nothing, type Totals } from "../reports/tally.js";
import { type Counts, type Growth, growthOf, parseGrowth } from "./growth.js";

type Cohorts = Readonly<Record<Cohort, Totals>>;
const NAMED = ["introductions", "refusals", "reports"] as const;

/** Counts that only grow, and are zero when a tracker starts. */
export interface CountReaders extends Record<(typeof NAMED)[number], () => ReadonlyMap<string, number>> {
  readonly totals: () => ReadonlyMap<StreamName, Cohorts>;
}

/** Streams of other trackers whose sums are kept. */
const MAX_STREAMS = 1000;

/** What this tracker has counted, and what the others that share its service have told of since it started. */
export class ServiceCounts implements CountReaders {
  readonly #own: CountReaders;
  readonly #toldTotals = new Map<StreamName, Cohorts>();
  readonly #toldNamed: Record<(typeof NAMED)[number], Counts> = {
    introductions: {},
    refusals: {},
    reports: {},
  };
  readonly #elsewhere = new Map<StreamName, Cohorts>();
  readonly #namedElsewhere = {
    introductions: new Map<string, number>(),
    refusals: new Map<string, number>(),
    reports: new Map<string, number>(),
  };

  constructor(own: CountReaders) {
    this.#own = own;
  }

  /** What has grown here since the last call; `undefined` where nothing has. */
  takeGrowth(): Growth | undefined {
    const streams: Record<string, Growth["streams"][string]> = {};
    for (const [stream, cohorts] of this.#own.totals()) {
      const grown = this.#grown(stream, cohorts);
      if (grown !== undefined) streams[stream] = grown;
    }
    const named = { introductions: {}, refusals: {}, reports: {} } as Record<(typeof NAMED)[number], Counts>;
    for (const name of NAMED) {
      const now = Object.fromEntries(this.#own[name]());
      named[name] = (growthOf(this.#toldNamed[name], now) ?? {}) as Counts;
      this.#toldNamed[name] = now;
    }
    const hasGrown = [streams, ...Object.values(named)].some((record) => Object.keys(record).length > 0);
    return hasGrown ? { streams, ...named } : undefined;
  }

  /**
   * Adds what another tracker tells.
   *
   * @throws {Error} where that is something else.
   */
  learn(told: unknown): void {
    const growth = parseGrowth(told);
    for (const [stream, grown] of growth.streams) {
      const known = this.#elsewhere.get(stream);
      if (known === undefined && this.#elsewhere.size >= MAX_STREAMS) continue;
      const cohorts = known ?? { p2p: nothing(), holdout: nothing(), off: nothing() };
      this.#elsewhere.set(stream, cohorts);
      for (const cohort of COHORTS) addTo(cohorts[cohort], grown[cohort] ?? {});
    }
    for (const name of NAMED) {
      const known = this.#namedElsewhere[name];
      for (const [counted, amount] of Object.entries(growth[name])) {
        // Names that this version does not have would be shown as they come.
        if (this.#own[name]().has(counted)) known.set(counted, (known.get(counted) ?? 0) + amount);
      }
    }
  }

  readonly totals = (): ReadonlyMap<StreamName, Cohorts> => {
    const own = this.#own.totals();
    if (this.#elsewhere.size === 0) return own;
    const all = new Map(own);
    for (const [stream, cohorts] of this.#elsewhere) {
      const sum = { p2p: nothing(), holdout: nothing(), off: nothing() };
      for (const cohort of COHORTS) {
        addTo(sum[cohort], cohorts[cohort]);
        addTo(sum[cohort], own.get(stream)?.[cohort] ?? {});
      }
      all.set(stream, sum);
    }
    return all;
  };

  readonly introductions = () => this.#sum("introductions");
  readonly refusals = () => this.#sum("refusals");
  readonly reports = () => this.#sum("reports");

  #sum(name: (typeof NAMED)[number]): ReadonlyMap<string, number> {
    const elsewhere = this.#namedElsewhere[name];
    const own = this.#own[name]();
    if (elsewhere.size === 0) return own;
    return new Map(Array.from(own, ([counted, count]) => [counted, count + (elsewhere.get(counted) ?? 0)]));
  }

  #grown(stream: StreamName, cohorts: Cohorts): Growth["streams"][string] | undefined {
    const told = this.#toldTotals.get(stream);
    const changed = COHORTS.filter((cohort) => told?.[cohort].reports !== cohorts[cohort].reports);
    const grown = changed.flatMap((cohort) => {
      const totals = growthOf(told?.[cohort] ?? {}, { ...cohorts[cohort] });
      return totals === undefined ? [] : [[cohort, totals] as const];
    });
    if (changed.length > 0) this.#toldTotals.set(stream, structuredClone(cohorts));
    return grown.length > 0 ? Object.fromEntries(grown) : undefined;
  }
}

function addTo(sum: Totals, part: Partial<Totals>): void {
  for (const name of Object.keys(part) as (keyof Totals)[]) sum[name] += part[name] ?? 0;
}
