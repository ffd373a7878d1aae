import { type Estimate, jackknife, LEAST_BLOCKS } from "./jackknife.js";
import { type COMPARED, type Experience, type Measured, PLAYED_SOURCES, sumOf } from "./measured.js";

/** A measure of quality as a ratio of two sums, for instance seconds stalled over seconds watched. */
interface Measure {
  readonly name: string;
  readonly unit: "percent" | "per hour" | "seconds" | "bit/s";
  readonly isLowerBetter: boolean;
  readonly factor: number;
  readonly over: readonly [Part, ...Part[]];
  readonly under: readonly [Part, ...Part[]];
}

type Part = Experience | "playedBytes" | "slowStartups";

const MEASURES: readonly Measure[] = [
  {
    name: "Time stalled",
    unit: "percent",
    isLowerBetter: true,
    factor: 1,
    over: ["stalledSeconds"],
    under: ["playedSeconds", "stalledSeconds"],
  },
  {
    name: "Stalls per hour played",
    unit: "per hour",
    isLowerBetter: true,
    factor: 3600,
    over: ["stalls"],
    under: ["playedSeconds"],
  },
  {
    name: "Startup, mean",
    unit: "seconds",
    isLowerBetter: true,
    factor: 1,
    over: ["startupSeconds"],
    under: ["startups"],
  },
  {
    name: "Startups that take more than 2 s",
    unit: "percent",
    isLowerBetter: true,
    factor: 1,
    over: ["slowStartups"],
    under: ["startups"],
  },
  {
    name: "Behind the live edge, mean",
    unit: "seconds",
    isLowerBetter: true,
    factor: 1,
    over: ["latencySeconds"],
    under: ["latencies"],
  },
  {
    name: "Bitrate played",
    unit: "bit/s",
    isLowerBetter: false,
    factor: 8,
    over: ["playedBytes"],
    under: ["playedSeconds"],
  },
];

/** One measure in both groups. */
export interface CohortDifference {
  readonly name: string;
  readonly unit: Measure["unit"];
  readonly p2p: number;
  readonly holdout: number;
  /** P2P less holdout. */
  readonly difference: number;
  /** `null` where the period is too short to tell. */
  readonly interval: Estimate | null;
  readonly verdict: "P2P is better" | "P2P is worse" | "no difference can be told" | "too little to tell";
}

export interface Comparison {
  readonly differences: readonly CohortDifference[];
  /** Equal parts of the period in which both groups played. */
  readonly blocks: number;
  readonly blockMs: number;
}

const MOST_BLOCKS = 48;
/** Shorter ones would depend on each other: most viewers would be in several. */
const SHORTEST_BLOCK_MS = 900_000;

/** Sums of one stream, by block. */
interface Cell {
  readonly over: Float64Array;
  readonly under: Float64Array;
}
type Pair = Readonly<Record<(typeof COMPARED)[number], Cell>>;

/** P2P beside the holdout group. */
export function compareCohorts(measured: Measured): Comparison {
  const { grid } = measured;
  const stepsPerBlock = Math.max(
    Math.ceil(grid.steps / MOST_BLOCKS),
    Math.ceil(SHORTEST_BLOCK_MS / grid.stepMs),
  );
  const streams = new Set(measured.experience.playedSeconds.map(({ labels }) => labels.stream ?? ""));
  let blocks = 0;
  const differences = MEASURES.flatMap((measure) => {
    const pairs = [...streams].map((stream) => pairOf(measured, measure, stream, stepsPerBlock));
    const used = usedBlocks(pairs);
    if (measure.under.includes("playedSeconds")) blocks = Math.max(blocks, used.length);
    const whole = compare(pairs, used, measure.factor);
    if (whole === null) return [];
    const interval = jackknife(used.length, (without) => {
      const kept = without === undefined ? used : used.filter((_, index) => index !== without);
      return compare(pairs, kept, measure.factor)?.difference ?? null;
    });
    const { name, unit, isLowerBetter } = measure;
    return [{ name, unit, ...whole, interval, verdict: verdictOn(interval, isLowerBetter) }];
  });
  return { differences, blocks, blockMs: stepsPerBlock * grid.stepMs };
}

/** How the intervals come about, in words; part of every report. */
export function methodOf({ blocks, blockMs }: Comparison): string {
  const length = `${Math.round(blockMs / 60_000)} minutes`;
  if (blocks < LEAST_BLOCKS)
    return `Both groups played in ${blocks} blocks of ${length}; intervals need ${LEAST_BLOCKS}. A longer period has them.`;
  return (
    `Each figure is a ratio of sums over the period, by stream; streams in which both groups played are weighted by what the P2P group played. ` +
    `The 95 % intervals come from ${blocks} blocks of ${length} in which both groups played: each is left out in turn (delete-one jackknife), with Student's t. ` +
    `Viewers who stay for longer than a block make the true uncertainty larger.`
  );
}

function pairOf(measured: Measured, { over, under }: Measure, stream: string, stepsPerBlock: number): Pair {
  const cell = (cohort: string): Cell => {
    const sum = (parts: readonly Part[]) =>
      parts
        .map((part) => byBlock(partOf(measured, part, stream, cohort), stepsPerBlock))
        .reduce((a, b) => a.map((value, block) => value + (b[block] ?? 0)));
    return { over: sum(over), under: sum(under) };
  };
  return { p2p: cell("p2p"), holdout: cell("holdout") };
}

function partOf(measured: Measured, part: Part, stream: string, cohort: string): Float64Array {
  const { experience, reportedBytes, grid } = measured;
  const isOfCohort = (labels: Readonly<Record<string, string>>) =>
    labels.stream === stream && labels.cohort === cohort;
  if (part === "playedBytes")
    return sumOf(
      reportedBytes,
      grid.steps,
      (labels) => isOfCohort(labels) && PLAYED_SOURCES.includes(labels.source ?? ""),
    );
  if (part !== "slowStartups") return sumOf(experience[part], grid.steps, isOfCohort);
  const quick = sumOf(experience.quickStartups, grid.steps, isOfCohort);
  return sumOf(experience.startups, grid.steps, isOfCohort).map((count, step) => count - (quick[step] ?? 0));
}

function byBlock(grown: Float64Array, stepsPerBlock: number): Float64Array {
  const sums = new Float64Array(Math.ceil(grown.length / stepsPerBlock));
  grown.forEach((amount, step) => {
    const block = Math.floor(step / stepsPerBlock);
    sums[block] = (sums[block] ?? 0) + amount;
  });
  return sums;
}

/** Blocks in which there is something of both groups in the same stream. */
function usedBlocks(pairs: readonly Pair[]): number[] {
  const used = new Set<number>();
  for (const { p2p, holdout } of pairs)
    p2p.under.forEach((amount, block) => {
      if (amount > 0 && (holdout.under[block] ?? 0) > 0) used.add(block);
    });
  return [...used].sort((a, b) => a - b);
}

function compare(
  pairs: readonly Pair[],
  blocks: readonly number[],
  factor: number,
): Pick<CohortDifference, "p2p" | "holdout" | "difference"> | null {
  let weight = 0;
  let p2p = 0;
  let holdout = 0;
  for (const pair of pairs) {
    const shared = ratio(pair.p2p, blocks);
    const alone = ratio(pair.holdout, blocks);
    if (shared === null || alone === null) continue;
    weight += shared.under;
    p2p += shared.value * shared.under;
    holdout += alone.value * shared.under;
  }
  if (weight === 0) return null;
  const scale = factor / weight;
  return { p2p: p2p * scale, holdout: holdout * scale, difference: (p2p - holdout) * scale };
}

function ratio({ over, under }: Cell, blocks: readonly number[]): { value: number; under: number } | null {
  const sum = (amounts: Float64Array) => blocks.reduce((all, block) => all + (amounts[block] ?? 0), 0);
  const below = sum(under);
  return below > 0 ? { value: sum(over) / below, under: below } : null;
}

function verdictOn(interval: Estimate | null, isLowerBetter: boolean): CohortDifference["verdict"] {
  if (interval === null) return "too little to tell";
  if (interval.low <= 0 && interval.high >= 0) return "no difference can be told";
  return interval.high < 0 === isLowerBetter ? "P2P is better" : "P2P is worse";
}
