// The page of one simulated viewer: a player without any decoration, and `viewer` for whoever drives it.
import type HlsType from "hls.js";
import { playheadOf } from "../../../player/hls/playhead.js";
import { QualityMeter } from "../../../player/hls/quality.js";
import type { HlsWithNearcast, HlsWithNearcastClass } from "../../../player/index.js";
import type { OpenEngine } from "./engines/engine.js";
import { openNearcast } from "./engines/nearcast.js";
import { openPlain } from "./engines/plain.js";
import { openStock } from "./engines/stock.js";
import type { ViewerOrder, ViewerSnapshot } from "./snapshot.js";

// The page loads the <script> bundle as an integrator's would.
declare const Nearcast: { Hls: HlsWithNearcastClass };

const order = JSON.parse(new URLSearchParams(location.search).get("play") ?? "{}") as ViewerOrder;
const video = document.querySelector("video") as HTMLVideoElement;
const errors: string[] = [];
addEventListener("error", ({ message }) => errors.push(message));
addEventListener("unhandledrejection", ({ reason }) => errors.push(String(reason)));

const { Events } = Nearcast.Hls as unknown as typeof HlsType;
const engines: Record<ViewerOrder["engine"], OpenEngine> = {
  plain: openPlain,
  nearcast: openNearcast,
  stock: openStock,
};

window.play = () => {
  const { hls, traffic } = engines[order.engine](Nearcast.Hls, order);
  const meter = new QualityMeter(() => performance.now());
  meter.attach(hls, Events);
  let loadedBytes = 0;
  let hasFailed = false;
  hls.on(Events.MANIFEST_LOADING, () => meter.reset());
  hls.on(Events.FRAG_LOADED, (_event, { frag }) => {
    // The payload itself may be with the worker by now.
    if (frag.sn !== "initSegment") loadedBytes += frag.stats.loaded;
  });
  hls.on(Events.ERROR, (_event, { fatal, details, error }) => {
    if (!fatal) return;
    hasFailed = true;
    errors.push(`${details}: ${error.message}`);
  });
  hls.loadSource(order.src);
  hls.attachMedia(video);

  function stateOf(): ViewerSnapshot["state"] {
    if (hasFailed) return "failed";
    if (video.ended) return "ended";
    if (meter.quality.startupMs === undefined) return "loading";
    if (video.paused) return "paused";
    return video.readyState < 3 ? "stalled" : "playing";
  }

  function snapshot(): ViewerSnapshot {
    const { bufferedToS, positionS } = playheadOf(hls, undefined);
    return {
      state: stateOf(),
      positionS,
      bufferS: bufferedToS - positionS,
      latencyS: hls.latestLevelDetails?.live ? hls.latency : undefined,
      height: video.videoHeight,
      ...meter.quality,
      ...traffic(loadedBytes),
      loadedBytes,
      errors,
    };
  }

  window.viewer = { hls: hls as HlsWithNearcast, video, snapshot };
};

if (!order.isHeld) window.play();
