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

export function showTracker({ tracker, service, uptimeS }: LiveMessage): void {
  const { sockets, socketLimit, swarms } = tracker;
  const trackers = service?.trackers.length ?? 1;
  part("tracker").textContent = [
    ...(trackers > 1
      ? [`A service of ${trackers} trackers, as ${location.host} sees it`]
      : [`Tracker ${location.host}`]),
    `running for ${duration(uptimeS)}`,
    // With several of them the table has it for each.
    ...(trackers > 1
      ? []
      : [
          `${sockets} of at most ${socketLimit} connections`,
          `${swarms} ${swarms === 1 ? "swarm" : "swarms"}`,
        ]),
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
