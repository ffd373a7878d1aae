import { resolve } from "node:path";
import type { Express } from "express";
import express from "express";
import type { Logger } from "pino";
import {
  createOrigin,
  defaultStreams,
  type Origin,
  type OriginOptions,
  type Served,
} from "../origin/index.js";
import { builtFolder } from "../pages/built-folder.js";
import { createTracker, type Tracker, type TrackerAddress } from "../tracker/index.js";

export { builtFolder };

export interface StackOptions {
  /**
   * Address that origin and tracker listen on.
   * @default "127.0.0.1"
   */
  host?: string;
  /** @default 8080; 0 takes any free port */
  originPort?: number;
  /** @default 8000; 0 takes any free port */
  trackerPort?: number;
  /** @default the embedded sample, as VOD `sample` and as live channel `live` */
  streams?: OriginOptions["streams"];
  /** The origin's access log. */
  onServed?: (served: Served) => void;
  /** Adds pages to the origin's server. */
  routes?: (app: Express) => void;
  logger?: Logger;
}

/** Origin, tracker and demo page, as `npm start` runs them. */
export interface Stack extends AsyncDisposable {
  readonly origin: Origin;
  readonly tracker: Tracker;
  /** Where the demo page and the streams are, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Announce address, e.g. `ws://127.0.0.1:8000/announce`. */
  readonly trackerUrl: string;
  /** The tracker's live page, e.g. `http://127.0.0.1:8000/live/`. */
  readonly liveUrl: string;
  close(): Promise<void>;
}

/**
 * Starts everything that viewers need on this machine.
 *
 * @throws what `createOrigin` and `createTracker` throw, for instance for a busy port; nothing is left running then.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { host = "127.0.0.1", originPort = 8080, trackerPort = 8000, streams = defaultStreams() } = options;
  const common = { host, ...(options.logger && { logger: options.logger }) };
  let trackerAddress: TrackerAddress | undefined;
  const origin = createOrigin({
    ...common,
    port: originPort,
    streams,
    ...(options.onServed && { onServed: options.onServed }),
    routes: (app) => {
      servePage(app, { trackerPort: () => trackerAddress?.port, streams: Object.keys(streams) });
      options.routes?.(app);
    },
  });
  const { url, port } = await origin.listen();
  try {
    const tracker = createTracker({
      ...common,
      port: trackerPort,
      open: true,
      originMetrics: [`http://${reachable(host)}:${port}/metrics`],
    });
    trackerAddress = await tracker.listen();
    const trackerUrl = trackerAddress.url;
    const liveUrl = trackerUrl.replace(/^ws/, "http").replace(/announce$/, "live/");
    const close = async () => {
      await Promise.all([origin.close(), tracker.close()]);
    };
    return { origin, tracker, url, trackerUrl, liveUrl, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await origin.close();
    throw error;
  }
}

/** Where this machine reaches what listens on an address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host.includes(":") ? `[${host === "::" ? "::1" : host}]` : host;
}

const LABELS: Record<string, string> = { sample: "Video on demand", live: "Live channel" };

function servePage(app: Express, config: { trackerPort: () => number | undefined; streams: string[] }): void {
  const built = builtFolder();
  const page = resolve(built, "pages/demo");
  const streams = config.streams.map((name) => ({
    name,
    label: LABELS[name] ?? name,
    src: `/hls/${name}/master.m3u8`,
  }));
  app.get("/config.json", (_request, response) => {
    response.set("Cache-Control", "no-store").json({ trackerPort: config.trackerPort(), streams });
  });
  app.get("/", (_request, response) => {
    response.set("Cache-Control", "no-store").sendFile("demo.html", { root: page });
  });
  app.use("/plan", express.static(resolve(built, "pages/plan"), { index: "plan.html" }));
  app.use(express.static(page, { index: false }));
  app.use(express.static(resolve(built, "browser"), { index: false }));
}
