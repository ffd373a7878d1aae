import { partCount } from "../audience/part-count.js";
import type { LoadResult } from "./result.js";

/** What is shown of a result first, in tables of text and of pages: a label, and the figures as text. */
export const FIGURE_ROWS: readonly [label: string, show: (result: LoadResult) => string][] = [
  ["engine", engineOf],
  ["viewers at most, sessions", ({ figures: f }) => `${f.peakViewers}, ${f.sessions}`],
  [
    "offload (limit)",
    ({ figures: f }) => `${percent(f.offload)} (${f.offloadLimit === null ? "–" : percent(f.offloadLimit)})`,
  ],
  ["from the origin", ({ figures: f }) => `${bytes(f.originBytes)}, ${rate(f.residualMbps)}`],
  ["peak, without peers", ({ figures: f }) => `${rate(f.residualPeakMbps)}, ${rate(f.withoutPeersPeakMbps)}`],
  [
    "origin copies per segment, p95",
    ({ figures: f }) => `${fixed(f.copiesMean, 2)}, ${fixed(f.copiesP95, 0)}`,
  ],
  ["waste", ({ figures: f }) => percent(f.waste)],
  [
    "startup median, p95",
    ({ figures: f }) => `${fixed(f.startupMedianMs, 0)} ms, ${fixed(f.startupP95Ms, 0)} ms`,
  ],
  ["stalls, time stalled", ({ figures: f }) => `${f.stalls}, ${percent(f.stallRatio, 3)}`],
  ["latency", ({ figures: f }) => (f.latencyS === null ? "–" : `${f.latencyS.toFixed(1)} s`)],
  ["peers", ({ figures: f }) => f.peersMean.toFixed(1)],
  ["failed sessions", ({ figures: f }) => String(f.failedSessions)],
  // Files of earlier versions have neither.
  ["held up by this machine", ({ figures: f }) => ms(f.heldUpMs ?? null)],
  ["links shaped by", ({ shaping }) => shaping?.by ?? "–"],
  [
    "cost, without peers",
    ({ figures: f, scenario }) =>
      `${f.cost.toFixed(2)}, ${f.costWithoutPeers.toFixed(2)} ${scenario.price.currency}`,
  ],
];

function engineOf({ engine, isPartial, scenario }: LoadResult): string {
  const parts = engine === "simulate" ? partCount(scenario.audience) : 1;
  return `${engine}${parts > 1 ? `, in ${parts} parts` : ""}${isPartial ? ", interrupted" : ""}`;
}

function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

function ms(value: number | null): string {
  return value === null ? "–" : `${value.toFixed(0)} ms`;
}

function bytes(count: number): string {
  if (count < 1e6) return `${(count / 1e3).toFixed(0)} kB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

function rate(mbps: number): string {
  return mbps < 1 ? `${(mbps * 1000).toFixed(0)} kbit/s` : `${mbps.toFixed(1)} Mbit/s`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}
