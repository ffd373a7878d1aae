// The live page: follows the tracker that serves it and shows what it tells.
import { formatBitrate, formatPercent } from "../../pages/format.js";
import { part } from "../../pages/part.js";
import { TileList } from "../../pages/tile-list.js";
import type { LiveMessage } from "../../tracker/live/feed.js";
import { TIERS } from "../../tracker/nearness/place.js";
import { adminToken } from "./ask-tracker.js";
import { showBars } from "./bar-rows.js";
import { chosenStream } from "./chosen-stream.js";
import { FeedReader, type FeedState } from "./feed-reader.js";
import { CurveHistory } from "./history.js";
import { LiveChart } from "./live-chart.js";
import { qualityRemark, qualityRows } from "./quality-rows.js";
import { refusalRows } from "./refusal-rows.js";
import { showRows } from "./rows.js";
import { situationOf } from "./situation.js";
import { showState, showTracker } from "./status-line.js";
import { rowOf } from "./stream-figures.js";
import { StreamRows } from "./stream-rows.js";
import { streamTiles } from "./stream-tiles.js";
import { SwarmPanel } from "./swarm-panel.js";
import { TIER_WORDS } from "./tier-words.js";
import { duration, timeOfDay } from "./times.js";
import { trackerRows } from "./tracker-rows.js";

/** 100 kbit/s. */
const LEAST_TRAFFIC_BYTES_PER_S = 12_500;

part("figures").hidden = false;
const offload = new LiveChart(part("offload-chart"), {
  curves: [
    { label: "as players report it", colour: "--peers" },
    { label: "by the origin’s count", colour: "--origin", isDashed: true },
  ],
  format: formatPercent,
  leastTop: 1,
});
const traffic = new LiveChart(part("traffic-chart"), {
  curves: [
    { label: "played in all", colour: "--peers", isFilled: true },
    { label: "residual, still sent by the origin", colour: "--origin", isFilled: true },
  ],
  format: formatBitrate,
  leastTop: LEAST_TRAFFIC_BYTES_PER_S,
});
const tiles = new TileList(part("tiles"));
const streamRows = new StreamRows(part("streams"), part("streams-note"));
const history = new CurveHistory();
const swarm = new SwarmPanel({ onTokenNeeded: askForToken });
const reader = new FeedReader({ onMessage: show, onState });
let run: string | undefined;
let lastHeardMs = 0;
part("figures").hidden = true;

addEventListener("hashchange", follow);
part("token-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const form = part("token-form", HTMLFormElement);
  const token = String(new FormData(form).get("token")).trim();
  form.reset();
  form.hidden = true;
  adminToken.set(token);
  reader.follow(chosenStream(location.hash));
});
part("forget").addEventListener("click", () => {
  adminToken.forget();
  location.reload();
});
follow();

function follow(): void {
  history.clear();
  reader.follow(chosenStream(location.hash));
}

function askForToken(): void {
  part("token-form").hidden = false;
  part("token-form").querySelector("input")?.focus();
}

function onState(state: FeedState): void {
  showState(state);
  if (state.at === "refused") {
    part("figures").hidden = true;
    if (state.asksForToken) askForToken();
  }
  part("forget").hidden = adminToken.get() === undefined;
}

function show(message: LiveMessage, isFirst: boolean): void {
  if (run !== undefined && run !== message.run) {
    history.beginRun();
    part("restarted").hidden = false;
    part("restarted").textContent = anotherRun(message);
  }
  run = message.run;
  lastHeardMs = performance.now();
  history.add(message.history, isFirst, Date.now() / 1000);
  if (!document.hidden) draw(message);
}

/** A tracker that has been running for longer than the last one is silent is another one, behind the same address. */
function anotherRun({ uptimeS }: LiveMessage): string {
  const isRestart = uptimeS < (performance.now() - lastHeardMs) / 1000;
  const now = timeOfDay(new Date());
  return isRestart
    ? `The tracker was started anew ${duration(uptimeS)} before ${now}: it counts from zero since then.`
    : `Another tracker of the service answers since ${now}: counts are since that one was started, ${duration(uptimeS)} before.`;
}

function draw(message: LiveMessage): void {
  const stream = chosenStream(location.hash);
  const row = rowOf(message, stream);
  const sentence = situationOf(message, row, stream);
  part("situation").hidden = sentence === undefined;
  if (sentence !== undefined && part("situation").textContent !== sentence)
    part("situation").textContent = sentence;
  part("figures").hidden = false;
  showTracker(message);
  streamRows.show(message, stream);
  part("numbers-title").textContent = stream === undefined ? "All streams" : `“${stream}”`;
  part("numbers-note").textContent = `mean of the last ${message.windowS} s`;
  if (row !== undefined) tiles.show(streamTiles(message, row));
  const { service } = message;
  part("trackers-panel").hidden = service === null || service.trackers.length < 2;
  if (service !== null) showRows(part("trackers"), trackerRows(service));
  const curves = history.curves(message.windowS);
  offload.show(curves.atS, [curves.reported, curves.implied]);
  traffic.show(curves.atS, [curves.played, curves.residual]);
  part("traffic-note").textContent =
    message.origin.state === "answering"
      ? "residual by the origin’s own count"
      : "residual as players report it, the origin’s own count is not known";
  showTiers(message);
  showRows(part("quality"), qualityRows(message));
  part("quality-note").textContent = `since the tracker started ${duration(message.uptimeS)} ago`;
  part("quality-remark").textContent = qualityRemark(message);
  const refused = refusalRows(message, new Date());
  part("recent-column").textContent = `In ${duration(message.recentS)}`;
  showRows(part("refusals"), refused);
  part("refusals-note").textContent =
    refused.length === 0 ? "Nothing was refused since the tracker started." : "";
  const [busiest] = message.streams;
  const isNamed = busiest !== undefined && Math.max(busiest.viewers, busiest.connected) >= message.unnamed;
  swarm.follow(stream ?? (isNamed ? busiest.stream : undefined));
}

function showTiers({ introductions, recentS }: LiveMessage): void {
  const counts = new Map(introductions.map((count) => [count.name, count]));
  const sum = (of: "recent" | "total") => introductions.reduce((all, count) => all + count[of], 0);
  showBars(
    part("tiers"),
    TIERS.map((tier) => ({
      name: TIER_WORDS[tier].name,
      look: TIER_WORDS[tier].look,
      count: counts.get(tier)?.recent ?? 0,
    })),
    sum("recent"),
  );
  part("tiers-note").textContent = `all streams, last ${duration(recentS)}`;
  part("tiers-total").textContent =
    sum("recent") === 0
      ? `No introductions in the last ${duration(recentS)}; ${sum("total")} since the tracker started.`
      : `${sum("recent")} in the last ${duration(recentS)}, ${sum("total")} since the tracker started.`;
}
