import { median } from "../statistics.js";
import type { OffloadFigures } from "./measure.js";
import type { ScenarioName } from "./scenarios.js";

/** One column of a table of runs or of medians. */
export interface Column {
  readonly title: string;
  readonly of: (figures: OffloadFigures) => number | null;
  readonly format: (value: number) => string;
  /** Scenarios that have it; all without it. */
  readonly only?: readonly ScenarioName[];
  readonly except?: readonly ScenarioName[];
}

const COLUMNS: readonly Column[] = [
  { title: "offload", of: ({ offload }) => offload, format: fixed(3) },
  { title: "copies", of: ({ copiesMean }) => copiesMean, format: fixed(2) },
  { title: "p95", of: ({ copiesP95 }) => copiesP95, format: fixed(1) },
  { title: "overall", of: ({ copiesMeanOverall }) => copiesMeanOverall, format: fixed(2) },
  { title: "waste", of: ({ waste }) => waste, format: fixed(2) },
  { title: "discarded", of: ({ discarded }) => discarded, format: fixed(2) },
  { title: "start ms", of: ({ startupMedianMs }) => startupMedianMs, format: fixed(0) },
  { title: "worst", of: ({ startupWorstMs }) => startupWorstMs, format: fixed(0) },
  { title: "busy at start", of: ({ joiningCores }) => joiningCores, format: fixed(2) },
  { title: "stalls", of: ({ stalls }) => stalls, format: atMostOneDigit },
  { title: "stalled s", of: ({ stalledS }) => stalledS, format: fixed(1) },
  { title: "lines", of: ({ meanHeight }) => meanHeight, format: fixed(0), only: ["abr"] },
  { title: "to top s", of: ({ topAfterS }) => topAfterS, format: fixed(1), only: ["abr"] },
  { title: "latency s", of: ({ latencyS }) => latencyS, format: fixed(1), except: ["vod"] },
  { title: "upload max/mean", of: ({ uploadSpread }) => uploadSpread, format: fixed(2) },
  { title: "cores", of: ({ browserCores }) => browserCores, format: fixed(2) },
];

export function columnsOf(scenario: ScenarioName): readonly Column[] {
  return COLUMNS.filter(
    ({ only, except }) => (only?.includes(scenario) ?? true) && !except?.includes(scenario),
  );
}

/** A column's median over several runs, as text. */
export function cell({ of, format }: Column, runs: readonly OffloadFigures[]): string {
  const value = median(runs.flatMap((figures) => of(figures) ?? []));
  return value === null ? "–" : format(value);
}

function fixed(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}

function atMostOneDigit(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
