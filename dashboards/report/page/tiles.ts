import type { Tile } from "../../../pages/tile-list.js";
import { AGREEMENT } from "../agreement.js";
import { money, percent, points, rate } from "../formats.js";
import type { SavingsReport } from "../report.js";

/** What whoever pays the bill looks for first. */
export function tilesOf({ total, peaks, price, coveredMs }: SavingsReport): Tile[] {
  const { currency } = price;
  const { offloadReported, offloadImplied, disagreement } = total;
  const residual = coveredMs > 0 ? `leaves ${rate((total.sent * 8_000) / coveredMs)} to the origin` : "";
  return [
    {
      label: "Saved",
      value: money(total.costWithoutPeers - total.cost, currency),
      detail: `${money(total.cost, currency)} instead of ${money(total.costWithoutPeers, currency)}`,
    },
    {
      label: "Offload: reported, and by the origin’s count",
      value: `${percent(offloadReported)}, ${percent(offloadImplied)}`,
      detail: [residual, ...(disagreement === null ? [] : [`${points(disagreement)} apart`])].join("; "),
      isWrong: disagreement !== null && Math.abs(disagreement) > AGREEMENT,
    },
    {
      label: "Peak of the origin",
      value: rate(peaks.residual),
      detail: `instead of ${rate(peaks.withoutPeers)}`,
    },
  ];
}
