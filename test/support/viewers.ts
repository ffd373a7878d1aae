import type { Browser } from "playwright-core";
import { type Stack, type StackOptions, startStack } from "../../demo/stack.js";
import { AccessLog } from "../../loadtest/browsers/access-log.js";
import { type LaunchOptions, launchChromium } from "../../loadtest/browsers/chromium.js";
import type { ViewerOrder, ViewerSnapshot } from "../../loadtest/browsers/page/snapshot.js";
import { openViewer, type Viewer } from "../../loadtest/browsers/viewer.js";
import { serveViewerPages } from "../../loadtest/browsers/viewer-pages.js";

/** Origin, tracker and a real Chromium, with ports of their own. */
export interface Theatre extends AsyncDisposable {
  readonly stack: Stack;
  readonly browser: Browser;
  readonly log: AccessLog;
  /** Opens a viewer of one of the origin's streams. */
  open(
    stream: string,
    order?: Partial<ViewerOrder> & { prepare?: Parameters<typeof openViewer>[3] },
  ): Promise<Viewer>;
}

export async function openTheatre(options: StackOptions = {}, launch?: LaunchOptions): Promise<Theatre> {
  const log = new AccessLog();
  const stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    onServed: log.add,
    routes: serveViewerPages,
    ...options,
  });
  const browser = await launchChromium([], launch);
  return {
    stack,
    browser,
    log,
    open: (stream, { prepare, ...order } = {}) =>
      openViewer(
        browser,
        stack.url,
        {
          engine: "nearcast",
          src: `${stack.url}/hls/${stream}/master.m3u8`,
          tracker: stack.trackerUrl,
          stream,
          ...order,
        },
        prepare,
      ),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await stack.close();
    },
  };
}

/** Waits until a viewer's snapshot is as wanted; fails with the last one it saw. */
export async function until(
  viewer: Viewer,
  isWanted: (snapshot: ViewerSnapshot) => boolean,
  what: string,
  timeoutMs = 30_000,
): Promise<ViewerSnapshot> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const snapshot = await viewer.snapshot();
    if (isWanted(snapshot)) return snapshot;
    if (Date.now() > deadlineMs) throw new Error(`not seen: ${what}; last seen: ${JSON.stringify(snapshot)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export function hasPlayed(seconds: number): (snapshot: ViewerSnapshot) => boolean {
  return ({ playedMs }) => playedMs >= seconds * 1000;
}

/** For `expect`: nothing that a viewer would notice has happened. */
export const UNDISTURBED = { stalls: 0, stalledMs: 0, errors: [] };
