import type { CohortDifference } from "./comparison.js";
import { bytes, digits, money, percent, points, rate } from "./formats.js";
import type { SavingsReport } from "./report.js";
import type { StreamSavings } from "./savings.js";

/** A label, and figures as text. */
export type Row = readonly [label: string, ...figures: string[]];

/** The figures of the whole period. A percentage never stands alone. */
export function figureRows({ total, peaks, price, leftOut, coveredMs }: SavingsReport): Row[] {
  const seconds = coveredMs / 1000;
  const rateOf = (count: number) => (seconds > 0 ? rate((count * 8) / seconds) : "–");
  const { currency } = price;
  const played = total.fromPeers + total.fromOrigin;
  return [
    ["Played", `${bytes(played)} (${rateOf(played)})`],
    ["… from peers, as players report", `${bytes(total.fromPeers)} (${rateOf(total.fromPeers)})`],
    ["… from the origin, as players report", `${bytes(total.fromOrigin)} (${rateOf(total.fromOrigin)})`],
    ["Residual: sent by the origin", `${bytes(total.sent)} (${rateOf(total.sent)})`],
    ["Offload, as players report", `${percent(total.offloadReported)}, leaves ${rateOf(total.fromOrigin)}`],
    [
      "Offload, as the origin's egress implies",
      `${percent(total.offloadImplied)}, leaves ${rateOf(total.sent)}`,
    ],
    ["… difference", points(total.disagreement)],
    ["Peak with P2P, 95th percentile", `${rate(peaks.residual)}, ${rate(peaks.residualP95)}`],
    ["Peak without P2P, 95th percentile", `${rate(peaks.withoutPeers)}, ${rate(peaks.withoutPeersP95)}`],
    [`Cost at ${price.perGB} ${currency} per GB, without P2P`, money(total.costWithoutPeers, currency)],
    ["Cost with P2P", money(total.cost, currency)],
    ["Saved", money(total.costWithoutPeers - total.cost, currency)],
    [
      "Never played, from peers and from the origin",
      `${bytes(total.wastedFromPeers)}, ${bytes(total.wastedFromOrigin)}`,
    ],
    ["Uploaded by viewers", bytes(total.uploaded)],
    ["Wrong bytes, rejected", bytes(total.rejected)],
    [
      "Left out: sessions with impossible figures",
      `${leftOut.sessions} (${leftOut.implausibleReports} reports; ${leftOut.countedReports} reports counted)`,
    ],
    ["Left out: refused and too many reports", String(leftOut.otherReports)],
  ];
}

export const STREAM_HEAD: Row = [
  "Stream",
  "Played",
  "From peers",
  "Sent by the origin",
  "Offload reported",
  "Origin-implied",
  "Difference",
  "Saved",
];

export function streamRow(savings: StreamSavings, currency: string): Row {
  const { fromPeers, fromOrigin, sent } = savings;
  const isSummed = savings.leftOut === null;
  return [
    savings.stream,
    bytes(fromPeers + fromOrigin),
    bytes(fromPeers),
    bytes(sent),
    percent(savings.offloadReported),
    isSummed ? percent(savings.offloadImplied) : "–",
    isSummed ? points(savings.disagreement) : "–",
    isSummed
      ? money(savings.costWithoutPeers - savings.cost, currency)
      : `not in the sums: ${savings.leftOut}`,
  ];
}

export const QUALITY_HEAD: Row = ["Quality", "P2P", "Holdout", "Difference", "95 % interval", ""];

export function qualityRow({
  name,
  unit,
  p2p,
  holdout,
  difference,
  interval,
  verdict,
}: CohortDifference): Row {
  const show = (value: number) => SHOW[unit](value);
  return [
    name,
    show(p2p),
    show(holdout),
    show(difference),
    interval === null ? "–" : `${show(interval.low)} to ${show(interval.high)}`,
    verdict,
  ];
}

const SHOW: Record<CohortDifference["unit"], (value: number) => string> = {
  percent: (value) => percent(value, 3),
  "per hour": (value) => digits(value),
  seconds: (value) => `${digits(value)} s`,
  "bit/s": rate,
};
