import { formatBitrate, formatPercent } from "../../pages/format.js";
import type { Tile } from "../../pages/tile-list.js";
import type { LiveMessage, Service, StreamRow } from "../../tracker/live/feed.js";
import { figuresOf, whyNotImplied } from "./stream-figures.js";

export const NOTHING = "–";
/** Beyond it one of the two counts is not to be trusted; there is an alert for it, too. */
const TOLERATED_DIFFERENCE = 0.05;

/** What the page says first of a stream, or of all of them. */
export function streamTiles(message: LiveMessage, row: StreamRow): Tile[] {
  const { origin, cohorts, service, reportIntervalS } = message;
  const { played, reported, implied, difference, residual, residualBy } = figuresOf(row);
  const left = residual === undefined ? "" : `${formatBitrate(residual)} left to the origin`;
  const { reports, peersConnected } = cohorts.p2p;
  return [
    {
      label: "Viewers",
      value: `${row.viewers}`,
      detail: connectedOf(row, service),
    },
    {
      label: "Offload, as players report it",
      value: percent(reported),
      detail: reported === undefined ? nothingYet(row) : left,
    },
    {
      label: "Offload, by the origin’s count",
      value: percent(implied),
      detail: implied !== undefined ? left : reported === undefined ? "" : whyNotImplied(origin),
    },
    {
      label: "Reported less origin’s",
      value: difference === undefined ? NOTHING : `${signed(difference * 100)} points`,
      detail:
        difference === undefined
          ? ""
          : Math.abs(difference) > TOLERATED_DIFFERENCE
            ? "More than 5 points: trust neither before you know why"
            : "The two counts agree",
      isWrong: difference !== undefined && Math.abs(difference) > TOLERATED_DIFFERENCE,
    },
    {
      label: "Residual: still sent by the origin",
      value: residual === undefined ? NOTHING : formatBitrate(residual),
      detail:
        residual === undefined
          ? nothingYet(row)
          : [
              residualBy === "origin" ? "by its own count" : "as players report it, unused bytes included",
              ...(played === undefined ? [] : [`${formatBitrate(played)} without peers`]),
            ].join("; "),
    },
    {
      label: "Peers per viewer",
      value: reports === 0 ? NOTHING : (peersConnected / reports).toFixed(1),
      detail:
        reports === 0
          ? `Players report every ${reportIntervalS} s`
          : "connections that stand, mean of all reports",
    },
  ];
}

/** Of one stream nobody knows how many are connected to other trackers. */
function connectedOf({ stream, connected }: StreamRow, service: Service | null): string {
  if (service === null || service.trackers.length < 2) return `${connected} connected here`;
  if (stream !== undefined) return "have joined or reported lately";
  const sockets = service.trackers.reduce((sum, { load }) => sum + (load?.sockets ?? 0), 0);
  return `${sockets} connected, to ${service.trackers.length} trackers`;
}

function nothingYet({ rates, lastReportAgoS }: StreamRow): string {
  if (lastReportAgoS === null) return "No reports yet";
  return rates === null ? "Not enough reports yet" : "Nothing is played";
}

export function percent(share: number | undefined): string {
  return share === undefined ? NOTHING : formatPercent(share);
}

export function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return text === "0.0" ? "0.0" : `${value < 0 ? "−" : "+"}${text}`;
}
