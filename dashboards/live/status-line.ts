import { part } from "../../pages/part.js";
import type { LiveMessage } from "../../tracker/live/feed.js";
import type { FeedState } from "./feed-reader.js";
import { duration, timeOfDay } from "./times.js";

/** Says whether what the page shows is true now, and of which tracker. */
export function showState(state: FeedState): void {
  const status = part("status");
  status.dataset.state = state.at;
  status.textContent = state.at === "refused" ? "no access" : state.at;
  const problem = part("problem");
  const sentence = problemOf(state);
  problem.hidden = sentence === undefined;
  if (sentence !== undefined && problem.textContent !== sentence) problem.textContent = sentence;
  part("figures").toggleAttribute("data-stale", state.at !== "live");
}

export function showTracker({ tracker, uptimeS }: LiveMessage): void {
  const { sockets, socketLimit, swarms, nodes } = tracker;
  part("tracker").textContent = [
    `Tracker ${location.host}`,
    `running for ${duration(uptimeS)}`,
    `${sockets} of at most ${socketLimit} connections`,
    `${swarms} ${swarms === 1 ? "swarm" : "swarms"}`,
    ...(nodes === null ? [] : [`one of ${nodes} trackers`]),
  ].join(" · ");
}

function problemOf(state: FeedState): string | undefined {
  switch (state.at) {
    case "reconnecting": {
      const stale = part("figures").hidden ? "" : ` What you see is from ${timeOfDay(state.since)}.`;
      return `${state.because} The page tries again by itself.${stale}`;
    }
    case "refused":
      return state.because;
    case "outdated":
      return "The tracker is of another version than this page: reload it.";
    default:
      return undefined;
  }
}
