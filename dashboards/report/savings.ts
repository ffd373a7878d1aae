import { OTHER } from "../../tracker/reports/stream-labels.js";
import { type Measured, PLAYED_SOURCES, sumOf, totalOf } from "./measured.js";

const BYTES_PER_GB = 1e9;

/** Bytes of a period by both counts: the players' reports, and what the origin has sent. */
export interface Savings {
  /** Verified and played, as players report it. */
  readonly fromPeers: number;
  /** Played, as players report it. */
  readonly fromOrigin: number;
  /** From peers and from the origin, but never played, as players report it. */
  readonly wastedFromPeers: number;
  readonly wastedFromOrigin: number;
  /** From peers, with wrong bytes. */
  readonly rejected: number;
  readonly uploaded: number;
  /** Media that the origin has sent, by its own count: the residual. */
  readonly sent: number;
  /** `fromPeers` of all that was played; `null` where nothing was. */
  readonly offloadReported: number | null;
  /** What of the played bytes the origin did not have to send. Below 0, it has sent more than was played. */
  readonly offloadImplied: number | null;
  /** Reported less implied. */
  readonly disagreement: number | null;
  /** For what was sent. */
  readonly cost: number;
  /** For what was played, had all of it come from the origin. */
  readonly costWithoutPeers: number;
}

export interface StreamSavings extends Savings {
  readonly stream: string;
  /** Why it cannot be part of the sums, if so. */
  readonly leftOut: LeftOut | null;
}

export type LeftOut =
  /** The origin sends it, but nobody reports. */
  | "no reports"
  /** Players report, but no origin has sent it. */
  | "not from this origin"
  /** Many streams under one name, which the origin does not use. */
  | "several streams"
  /** Neither. */
  | "nothing";

/** Rates over the intervals of the period, in bits per second. */
export interface Peaks {
  readonly residual: number;
  readonly withoutPeers: number;
  /** 95 in 100 intervals stay below it; many CDNs bill by it. */
  readonly residualP95: number;
  readonly withoutPeersP95: number;
}

export function savingsByStream(measured: Measured, pricePerGB: number): StreamSavings[] {
  const { reportedBytes, sentBytes } = measured;
  const names = new Set([...reportedBytes, ...sentBytes].map(({ labels }) => labels.stream ?? ""));
  return [...names]
    .map((stream) => {
      const savings = savingsOf(measured, pricePerGB, (name) => name === stream);
      return { stream, ...savings, leftOut: leftOut(stream, savings) };
    })
    .filter((savings) => savings.leftOut !== "nothing")
    .sort(
      (a, b) => b.costWithoutPeers - a.costWithoutPeers || b.sent - a.sent || (a.stream < b.stream ? -1 : 1),
    );
}

export function savingsOf(
  { reportedBytes, sentBytes, grid }: Measured,
  pricePerGB: number,
  isWanted: (stream: string) => boolean,
): Savings {
  const reported = (source: string) =>
    totalOf(
      sumOf(reportedBytes, grid.steps, (labels) => isWanted(labels.stream ?? "") && labels.source === source),
    );
  const fromPeers = reported("peers");
  const fromOrigin = reported("origin");
  const sent = totalOf(sumOf(sentBytes, grid.steps, ({ stream = "" }) => isWanted(stream)));
  const played = fromPeers + fromOrigin;
  const offloadReported = played > 0 ? fromPeers / played : null;
  const offloadImplied = played > 0 ? 1 - sent / played : null;
  return {
    fromPeers,
    fromOrigin,
    wastedFromPeers: reported("wasted_peers"),
    wastedFromOrigin: reported("wasted_origin"),
    rejected: reported("rejected"),
    uploaded: reported("uploaded"),
    sent,
    offloadReported,
    offloadImplied,
    disagreement:
      offloadReported === null || offloadImplied === null ? null : offloadReported - offloadImplied,
    cost: (sent / BYTES_PER_GB) * pricePerGB,
    costWithoutPeers: (played / BYTES_PER_GB) * pricePerGB,
  };
}

function leftOut(stream: string, { fromPeers, fromOrigin, sent }: Savings): LeftOut | null {
  const played = fromPeers + fromOrigin;
  if (played === 0 && sent === 0) return "nothing";
  if (stream === OTHER && sent === 0) return "several streams";
  if (played === 0) return "no reports";
  return sent === 0 ? "not from this origin" : null;
}

/** Bits per second by interval. */
export interface Rates {
  /** Played from peers, as players report it. */
  readonly fromPeers: Float64Array;
  readonly residual: Float64Array;
  readonly withoutPeers: Float64Array;
}

export function ratesOf(
  { reportedBytes, sentBytes, grid }: Measured,
  isWanted: (stream: string) => boolean,
): Rates {
  const toBits = (bytes: Float64Array) => bytes.map((count) => (count * 8_000) / grid.stepMs);
  const reported = (sources: readonly string[]) =>
    toBits(
      sumOf(
        reportedBytes,
        grid.steps,
        ({ stream = "", source = "" }) => isWanted(stream) && sources.includes(source),
      ),
    );
  return {
    fromPeers: reported(["peers"]),
    residual: toBits(sumOf(sentBytes, grid.steps, ({ stream = "" }) => isWanted(stream))),
    withoutPeers: reported(PLAYED_SOURCES),
  };
}

/** @param isCovered by interval; the others say nothing. */
export function peaksOf(rates: Rates, isCovered: readonly boolean[]): Peaks {
  const residual = rates.residual.filter((_, step) => isCovered[step]);
  const withoutPeers = rates.withoutPeers.filter((_, step) => isCovered[step]);
  return {
    residual: Math.max(0, ...residual),
    withoutPeers: Math.max(0, ...withoutPeers),
    residualP95: percentile95(residual),
    withoutPeersP95: percentile95(withoutPeers),
  };
}

/** Nearest rank. */
function percentile95(rates: Float64Array): number {
  return rates.toSorted()[Math.max(0, Math.ceil(rates.length * 0.95) - 1)] ?? 0;
}
