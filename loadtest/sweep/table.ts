import { median } from "../bench/statistics.js";
import type { Figures } from "../result/figures.js";
import type { LoadResult } from "../result/result.js";
import type { SweepPoint } from "./sweep.js";

const COLUMNS: readonly [string, (figures: Figures) => number | null, (value: number) => string][] = [
  ["offload", ({ offload }) => offload * 100, (value) => `${withoutMinusZero(value.toFixed(1))} %`],
  [
    "limit",
    ({ offloadLimit }) => (offloadLimit === null ? null : offloadLimit * 100),
    (value) => `${value.toFixed(1)} %`,
  ],
  ["copies", ({ copiesMean }) => copiesMean, (value) => value.toFixed(2)],
  ["residual Mbit/s", ({ residualMbps }) => residualMbps, (value) => value.toFixed(1)],
  ["peak Mbit/s", ({ residualPeakMbps }) => residualPeakMbps, (value) => value.toFixed(1)],
  ["stalled", ({ stallRatio }) => stallRatio * 100, (value) => `${value.toFixed(3)} %`],
  [
    "sessions with stalls",
    ({ stalledSessionsShare }) => stalledSessionsShare * 100,
    (value) => `${value.toFixed(1)} %`,
  ],
  ["start ms", ({ startupMedianMs }) => startupMedianMs, (value) => value.toFixed(0)],
  ["waste", ({ waste }) => waste * 100, (value) => `${value.toFixed(1)} %`],
  ["peers", ({ peersMean }) => peersMean, (value) => value.toFixed(1)],
];

/**
 * A sweep as Markdown: a row per place with the medians of its replicas, and the range of the offload. Places without
 * results are left out.
 */
export function sweepTable(points: readonly SweepPoint[], titles: readonly string[]): string {
  const head = [...titles, ...COLUMNS.map(([title]) => title), "offload from – to"];
  const done = points.filter(({ results }) => results.length > 0);
  const rows = done.map(({ value, series, results }) => [
    show(value),
    ...(titles.length > 1 ? [show(series)] : []),
    ...COLUMNS.map(([, of, format]) => {
      const middle = median(results.flatMap(({ figures }) => of(figures) ?? []));
      return middle === null ? "–" : format(middle);
    }),
    rangeOf(results),
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Like `audience.viewers=10, policies.seeding=none`. @param paths of the fields that vary. */
export function placeName({ value, series }: SweepPoint, paths: readonly string[]): string {
  return paths.map((path, order) => `${path}=${show(order === 0 ? value : series)}`).join(", ");
}

function rangeOf(results: readonly LoadResult[]): string {
  const offloads = results.map(({ figures }) => figures.offload * 100);
  const [low, high] = [Math.min(...offloads), Math.max(...offloads)].map((value) => value.toFixed(1));
  return `${withoutMinusZero(low ?? "")} – ${withoutMinusZero(high ?? "")}`;
}

function withoutMinusZero(text: string): string {
  return text.replace(/^-(0(\.0+)?)$/, "$1");
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
