import type { Chart } from "../../../pages/chart.js";
import { ORIGIN_COLOUR, PEERS_COLOUR } from "../../../pages/colours.js";
import type { Timeline } from "../report.js";

/** Traffic and offload over the period. */
export function chartsOf({ timeS, residual, fromPeers, withoutPeers }: Timeline): Chart[] {
  const [unit, scale] =
    Math.max(...withoutPeers.map((rate) => rate ?? 0), ...residual.map((rate) => rate ?? 0)) < 1e9
      ? ["Mbit/s", 1e6]
      : ["Gbit/s", 1e9];
  const rates = (bits: readonly (number | null)[]) =>
    bits.map((rate) => (rate === null ? null : rate / scale));
  const ofPlayed = (bits: readonly (number | null)[], toShare: (part: number) => number) =>
    bits.map((rate, step) => {
      const played = withoutPeers[step] ?? 0;
      return rate !== null && played > 0 ? 100 * toShare(rate / played) : null;
    });
  const isOverTime = true;
  return [
    {
      title: "Traffic with and without P2P",
      xLabel: "UTC",
      unit,
      isOverTime,
      lines: [
        { label: "without P2P", colour: PEERS_COLOUR, x: timeS, y: rates(withoutPeers), isFilled: true },
        { label: "sent by the origin", colour: ORIGIN_COLOUR, x: timeS, y: rates(residual), isFilled: true },
      ],
    },
    {
      title: "Offload by both counts",
      xLabel: "UTC",
      unit: "%",
      isOverTime,
      max: 100,
      lines: [
        { label: "reported", colour: PEERS_COLOUR, x: timeS, y: ofPlayed(fromPeers, (part) => part) },
        {
          label: "origin-implied",
          colour: ORIGIN_COLOUR,
          x: timeS,
          y: ofPlayed(residual, (part) => 1 - part),
        },
      ],
    },
  ];
}
