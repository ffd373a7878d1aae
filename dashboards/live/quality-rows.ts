import { formatBitrate, formatMilliseconds } from "../../pages/format.js";
import type { LiveMessage } from "../../tracker/live/feed.js";
import { NOTHING } from "./stream-tiles.js";

type Totals = LiveMessage["cohorts"]["p2p"];

interface Quality {
  readonly label: string;
  /** `undefined` where there is nothing to take a mean of. */
  readonly of: (totals: Totals) => number | undefined;
  readonly show: (value: number) => string;
}

const QUALITIES: readonly Quality[] = [
  {
    label: "Startup",
    of: ({ startupMs, startups }) => ratio(startupMs, startups),
    show: formatMilliseconds,
  },
  {
    label: "Time stalled",
    of: ({ stalledS, playedS }) => ratio(stalledS, playedS + stalledS),
    show: (share) => `${(share * 100).toFixed(2)} %`,
  },
  {
    label: "Stalls per hour played",
    of: ({ stalls, playedS }) => ratio(stalls * 3600, playedS),
    show: (value) => value.toFixed(1),
  },
  {
    label: "Bitrate played",
    of: ({ bytesFromPeers, bytesFromOrigin, playedS }) => ratio(bytesFromPeers + bytesFromOrigin, playedS),
    show: formatBitrate,
  },
  {
    label: "Fetched and not played",
    of: ({ bytesWasted, bytesFromPeers, bytesFromOrigin }) =>
      ratio(bytesWasted, bytesFromPeers + bytesFromOrigin),
    show: (share) => `${(share * 100).toFixed(1)} %`,
  },
  {
    label: "Hours played",
    of: ({ playedS }) => playedS / 3600,
    show: (hours) => hours.toFixed(hours < 10 ? 2 : 0),
  },
];

/** Those who share beside those who play without peers for comparison: name, both, and the difference. */
export function qualityRows({ cohorts: { p2p, holdout } }: LiveMessage): string[][] {
  return QUALITIES.map(({ label, of, show }) => {
    const [shared, alone] = [p2p, holdout].map((totals) => (totals.reports > 0 ? of(totals) : undefined));
    const isCompared = shared !== undefined && alone !== undefined && label !== "Hours played";
    const difference = isCompared ? shared - alone : undefined;
    const text = (value: number | undefined) => (value === undefined ? NOTHING : show(value));
    const sign = difference === undefined ? "" : difference < 0 ? "−" : "+";
    return [
      label,
      text(shared),
      text(alone),
      difference === undefined ? NOTHING : `${sign}${show(Math.abs(difference))}`,
    ];
  });
}

/** What the comparison is worth. */
export function qualityRemark({ cohorts: { p2p, holdout } }: LiveMessage): string {
  if (p2p.reports + holdout.reports === 0) return "No reports yet.";
  if (holdout.reports === 0)
    return "Nobody is in the holdout group: without one there is nothing to compare with (policy: holdout).";
  return "";
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}
