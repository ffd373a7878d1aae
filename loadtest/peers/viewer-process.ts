// The program of a process with headless viewers. It ends with the process that has started it.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { seededRandom } from "../bench/random.js";
import { makeNodeABrowser } from "./node-as-browser.js";
import { tellingUdpPorts } from "./udp-ports.js";
import { countUnsentMessages } from "./unsent-messages.js";
import type { ViewerCommand, ViewerNews, ViewerState } from "./viewer-messages.js";

makeNodeABrowser();
countUnsentMessages();
const { HeadlessViewer } = await import("./headless-viewer.js");
type Viewer = InstanceType<typeof HeadlessViewer>;

const TELL_EVERY_MS = 500;

const viewers = new Map<number, Viewer>();
const stillness = monitorEventLoopDelay({ resolution: 10 });
stillness.enable();

// A key pressed on the terminal reaches all processes; when viewers leave is the other one's business.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
process.on("disconnect", () => process.exit());
process.on("message", (command: ViewerCommand) => {
  const { id } = command;
  tellingUdpPorts(
    (port) => tell({ tells: "port", id, port }),
    () => obey(command),
  );
});
setInterval(tellAll, TELL_EVERY_MS);
tell({ tells: "ready" });

function obey(command: ViewerCommand): void {
  if (command.do === "open") {
    const { seed, ...options } = command.order;
    viewers.set(command.id, new HeadlessViewer({ ...options, random: seededRandom(seed) }));
    return;
  }
  const viewer = viewers.get(command.id);
  if (!viewer) return;
  switch (command.do) {
    case "seek":
      viewer.player.seek(command.toShare);
      break;
    case "pause":
      viewer.player.pause();
      break;
    case "resume":
      viewer.player.resume();
      break;
    case "close":
      viewers.delete(command.id);
      tell({ tells: "closed", id: command.id, state: stateOf(viewer) });
      viewer.close();
  }
}

function tellAll(): void {
  const seen = [...viewers].map(([id, viewer]) => [id, stateOf(viewer)] as const);
  tell({ tells: "seen", viewers: seen, heldUpMs: stillness.max / 1e6 });
}

function stateOf({ player, counts, failure }: Viewer): ViewerState {
  return { figures: player.figures, counts, hasEnded: player.hasEnded, failure: failure?.message };
}

function tell(news: ViewerNews): void {
  // Without somebody to tell, "disconnect" ends this process.
  if (process.connected) process.send?.(news, undefined, undefined, () => {});
}
