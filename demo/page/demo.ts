import { Notice } from "../../pages/notice.js";
import { part } from "../../pages/part.js";
import { whileVisible } from "../../pages/while-visible.js";
import type { NearcastPlayerElement } from "../../player/element.js";
import { copyText } from "./copy-text.js";
import { Dashboard } from "./dashboard.js";
import { type DemoConfig, loadConfig } from "./demo-config.js";
import { embedSnippet } from "./embed-snippet.js";
import { EventLog } from "./event-log.js";
import { onPlayer } from "./player-events.js";
import { shortPeerId } from "./short-peer-id.js";
import { chosenStream, StreamLinks } from "./stream-choice.js";
import { trackerAddress } from "./tracker-address.js";

const PLAYER_SCRIPT = "/nearcast.js";
const UPDATE_INTERVAL_MS = 1_000;

function findPlayer(): NearcastPlayerElement {
  const player = document.querySelector("nearcast-player");
  if (!player || !customElements.get("nearcast-player")) {
    throw new Error(`The player, ${PLAYER_SCRIPT}, could not be loaded.`);
  }
  return player;
}

function keepLog(player: NearcastPlayerElement): EventLog {
  const log = new EventLog(part("log"));
  const add = (text: string) => log.add(text, new Date());
  onPlayer(player, "peerconnected", ({ peerId }) => add(`Peer ${shortPeerId(peerId)} connected`));
  onPlayer(player, "peerdisconnected", ({ peerId }) => add(`Peer ${shortPeerId(peerId)} disconnected`));
  onPlayer(player, "trackerfailed", ({ message }) => add(`Tracker unreachable: ${message}`));
  onPlayer(player, "error", ({ message }) => add(`Playback failed: ${message}`));
  return log;
}

function letCopy(snippet: HTMLTextAreaElement): void {
  const answer = part("copied");
  part("copy").addEventListener("click", async () => {
    const done = await copyText(snippet);
    answer.textContent =
      done === "copied" ? "Copied." : "Selected: copy it with your browser's menu or Ctrl+C.";
  });
}

/** The tracker serves it; away from its machine it asks for an admin token. */
function showLivePage(tracker: string): void {
  const link = part("live-page", HTMLAnchorElement);
  link.href = new URL("live/", tracker).href;
  link.hidden = false;
}

function start({ streams, trackerPort }: DemoConfig, player: NearcastPlayerElement): void {
  const tracker = trackerAddress(location, trackerPort);
  showLivePage(tracker);
  const links = new StreamLinks(part("streams"), streams);
  const secondTab = part("second-tab", HTMLAnchorElement);
  const snippet = part("snippet", HTMLTextAreaElement);
  const log = keepLog(player);
  const dashboard = new Dashboard(player);

  const follow = () => {
    const stream = chosenStream(streams, location.hash);
    secondTab.href = location.href;
    if (player.stream === stream.name) return;
    links.show(stream);
    dashboard.clear();
    log.add(`Stream: ${stream.label}`, new Date());
    player.tracker = tracker;
    player.stream = stream.name;
    player.src = stream.src;
    const script = new URL(PLAYER_SCRIPT, location.href).href;
    snippet.value = embedSnippet({ script, src: stream.src, tracker, stream: stream.name });
    part("copied").textContent = "";
  };
  addEventListener("hashchange", follow);
  follow();
  letCopy(snippet);
  whileVisible(UPDATE_INTERVAL_MS, () => dashboard.update());
}

try {
  const player = findPlayer();
  start(await loadConfig("/config.json"), player);
} catch (error) {
  console.error(error);
  new Notice(part("page-notice")).show(error instanceof Error ? error.message : String(error));
}
