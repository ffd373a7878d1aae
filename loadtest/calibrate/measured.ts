import { readFileSync } from "node:fs";
import * as v from "valibot";
import { FlagError } from "../../command-line/flags.js";
import { median } from "../bench/statistics.js";

/** What real viewers came to in one scenario: medians of all runs of it. */
export interface Measured {
  /** A file of `loadtest/scenarios/`, without its extension. */
  readonly scenario: string;
  readonly by: "browsers (offload benchmark)" | "browsers" | "peers";
  readonly viewers: number;
  readonly seconds: number;
  readonly runs: number;
  readonly offload: number;
  readonly copies: number | null;
}

/** Scenarios of the offload benchmark that are scenario files, too. */
const COMPARABLE = ["vod", "live6", "live18", "uplinks18", "uplinks8", "uneven18", "churn6"];

const resultsSchema = v.looseObject({
  runs: v.array(
    v.looseObject({
      scenario: v.string(),
      engine: v.string(),
      viewers: v.number(),
      seconds: v.number(),
      isPartial: v.boolean(),
      figures: v.looseObject({ offload: v.number(), copiesMean: v.nullable(v.number()) }),
    }),
  ),
});

/**
 * Nearcast's runs in the file that `npm run bench -- offload --json` writes.
 *
 * @throws {FlagError} naming the file.
 */
export function readOffloadRuns(file: string): Measured[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new FlagError(`--offload: cannot read ${file} as JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = v.safeParse(resultsSchema, json);
  if (!parsed.success) throw new FlagError(`--offload: ${file} was not written by npm run bench -- offload`);
  const runs = parsed.output.runs.filter(({ engine, isPartial }) => engine === "nearcast" && !isPartial);
  return COMPARABLE.flatMap((name) => {
    const own = runs.filter(({ scenario }) => scenario === name);
    const [first] = own;
    if (!first) return [];
    return {
      scenario: `bench-${name}`,
      by: "browsers (offload benchmark)" as const,
      viewers: first.viewers,
      seconds: first.seconds,
      runs: own.length,
      offload: median(own.map(({ figures }) => figures.offload)) ?? 0,
      copies: median(own.flatMap(({ figures }) => figures.copiesMean ?? [])),
    };
  });
}
