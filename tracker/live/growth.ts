import * as v from "valibot";
import { COHORTS, type Cohort, parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { nothing, type Totals } from "../reports/tally.js";

/** By how much counts have grown; what has not grown is left out. */
export type Counts = Readonly<Record<string, number>>;

/** By how much the counts of one tracker have grown, as it tells the others that share its service. */
export interface Growth {
  readonly streams: Readonly<Record<string, Readonly<Partial<Record<Cohort, Partial<Totals>>>>>>;
  readonly introductions: Counts;
  readonly refusals: Counts;
  readonly reports: Counts;
}

/** Streams in one message, and names in one set of counts. */
const MAX_NAMES = 1000;

const number = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const counts = v.pipe(
  v.record(v.string(), number),
  v.check((record) => Object.keys(record).length <= MAX_NAMES),
);
const totals = v.partial(v.object(v.entriesFromList(Object.keys(nothing()) as (keyof Totals)[], number)));
const growthSchema = v.object({
  streams: v.pipe(
    v.record(v.string(), v.partial(v.object(v.entriesFromList(COHORTS, totals)))),
    v.check((record) => Object.keys(record).length <= MAX_NAMES),
  ),
  introductions: counts,
  refusals: counts,
  reports: counts,
});

/** @throws {Error} where it is not what trackers tell each other. */
export function parseGrowth(told: unknown): Omit<Growth, "streams"> & {
  readonly streams: readonly (readonly [StreamName, Growth["streams"][string]])[];
} {
  const { streams, ...others } = v.parse(growthSchema, told);
  return {
    ...others,
    streams: Object.entries(streams).map(([name, grown]) => [
      parseStreamName(name),
      grown as Growth["streams"][string],
    ]),
  };
}

/** @returns `undefined` where nothing has grown. */
export function growthOf<Name extends string>(
  before: Readonly<Partial<Record<Name, number>>>,
  now: Readonly<Record<Name, number>>,
): Partial<Record<Name, number>> | undefined {
  const grown = (Object.entries(now) as [Name, number][])
    .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, amount]) => amount > 0);
  return grown.length > 0 ? (Object.fromEntries(grown) as Partial<Record<Name, number>>) : undefined;
}
