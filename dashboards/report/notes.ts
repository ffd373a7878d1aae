import { AGREEMENT } from "./agreement.js";
import { bytes, date, percent, points, printable } from "./formats.js";
import { type Grid, pointMs } from "./grid.js";
import type { Measured } from "./measured.js";
import type { LeftOut, Savings, StreamSavings } from "./savings.js";
import { isKnown, restarts, type Target } from "./targets.js";

const MOST_NAMED = 8;

const WHY: Record<Exclude<LeftOut, "nothing">, string> = {
  "no reports": "the origin has sent it, but no player has reported (the player's option `report`)",
  "not from this origin": "players have reported it, but no origin that Prometheus scrapes has sent it",
  "several streams": "the tracker counts streams beyond its `streamLabels` together, the origin does not",
};

/** What of the data is missing or strange, in sentences. */
export function notesOn(
  { targets, grid }: Measured,
  { total, streams }: { total: Savings; streams: readonly StreamSavings[] },
  hasHoldout: boolean,
): string[] {
  const all = [...targets.values()];
  const notes = [
    ...(["tracker", "origin"] as const).flatMap((kind) =>
      coverage(
        kind,
        all.filter((target) => target.kind === kind),
        grid,
      ),
    ),
    ...all.flatMap((target) => partial(target, grid)),
  ];
  for (const { stream, leftOut, sent, fromPeers, fromOrigin } of streams)
    if (leftOut !== null && leftOut !== "nothing")
      notes.push(
        `Stream “${printable(stream)}” is not in the sums (${bytes(Math.max(sent, fromPeers + fromOrigin))}): ${WHY[leftOut]}.`,
      );
  if (total.offloadReported === null)
    notes.push("Nothing was played by players who report, so there is no offload.");
  if (total.disagreement !== null && Math.abs(total.disagreement) > AGREEMENT)
    notes.push(
      `Players and origin are ${points(total.disagreement)} apart. Quote neither before that is explained: dashboards/runbooks.md, NearcastOffloadDisagreement.`,
    );
  if (total.offloadImplied !== null && total.offloadImplied < 0)
    notes.push(
      `The origin has sent ${percent(-total.offloadImplied)} more than was played: viewers without Nearcast or a CDN fetch the same streams, or P2P costs.`,
    );
  if (!hasHoldout)
    notes.push("No holdout group played (“holdoutShare” in the policy), so quality cannot be compared.");
  return notes;
}

function coverage(kind: Target["kind"], targets: readonly Target[], grid: Grid): string[] {
  if (targets.length === 0)
    return [
      `Prometheus has nothing of any ${kind} in this period; what it would have told is missing, not zero.`,
    ];
  const gaps: [from: number, to: number][] = [];
  for (let interval = 1; interval <= grid.steps; interval += 1) {
    if (targets.some((target) => isKnown(target, interval, grid))) continue;
    const last = gaps.at(-1);
    if (last !== undefined && last[1] === interval - 1) last[1] = interval;
    else gaps.push([interval - 1, interval]);
  }
  return firstOf(
    gaps.map(
      ([from, to]) =>
        `No ${kind} was scraped ${spanOf(from, to, grid)}. This time is left out of all figures.`,
    ),
    `gaps of the ${kind}`,
  );
}

/** A server that came or went. */
function partial(target: Target, grid: Grid): string[] {
  const { kind, instance, isPresent, startedS } = target;
  const notes: string[] = [];
  const name = `${kind === "tracker" ? "Tracker" : "Origin"} ${printable(instance)}`;
  const first = isPresent.indexOf(true);
  const last = isPresent.lastIndexOf(true);
  const isOlder = (startedS[first] ?? Number.NaN) * 1000 < grid.fromMs;
  if (first > 0 && isOlder)
    notes.push(
      `${name} ran before, but was first scraped at ${date(pointMs(grid, first))}; what it had counted until then is left out.`,
    );
  else if (first > 0) notes.push(`${name} appeared at ${date(pointMs(grid, first))}.`);
  if (last < grid.steps)
    notes.push(
      `${name} was last scraped at ${date(pointMs(grid, last))}; nothing is known of it afterwards.`,
    );
  const count = restarts(target);
  if (count > 0)
    notes.push(
      `${name} restarted ${count === 1 ? "once" : `${count} times`}. Its counters began at 0 again, which is allowed for; what it counted after the last scrape before is lost.`,
    );
  return notes;
}

function spanOf(from: number, to: number, grid: Grid): string {
  return `from ${date(pointMs(grid, from))} to ${date(pointMs(grid, to))}`;
}

function firstOf(notes: readonly string[], what: string): string[] {
  if (notes.length <= MOST_NAMED) return [...notes];
  return [...notes.slice(0, MOST_NAMED), `… and ${notes.length - MOST_NAMED} more ${what}.`];
}
