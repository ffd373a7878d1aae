import type { Browser } from "playwright-core";
import { chromiumsBehind } from "../links/chromium-behind.js";
import { limitsOf } from "../links/linked-namespaces.js";
import type { Namespaces } from "../links/namespaces.js";
import type { Shaper } from "../links/shaping.js";
import type { ViewerLink } from "../links/viewer-link.js";
import { launchChromium } from "./chromium.js";
import type { ViewerOrder } from "./page/snapshot.js";
import { secureNameOf } from "./secure-name.js";
import { throttle } from "./throttle.js";
import { type HeldViewer, holdViewer } from "./viewer.js";

/** Viewers' pages, each with a link of its own. */
export interface LinkedViewers extends AsyncDisposable {
  /** @param index of its link. */
  hold(index: number, order: ViewerOrder): Promise<HeldViewer>;
}

export interface LinkedViewersOptions {
  /** Where `serveViewerPages` serves. */
  readonly pagesUrl: string;
  readonly links: readonly ViewerLink[];
}

/** All viewers in one Chromium, which limits their links where `shaper` says so. */
export async function openSharedChromium(
  { pagesUrl, links }: LinkedViewersOptions,
  shaper: Shaper,
): Promise<LinkedViewers> {
  const browser = await launchChromium([], { endsOnSignals: false });
  return {
    async hold(index, order) {
      const held = await holdViewer(browser, pagesUrl, order);
      if (shaper === "chromium") await throttle(held.page, links[index] ?? {});
      return held;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** A Chromium for each viewer, in a namespace whose link is limited once the viewer's page is there. */
export function openChromiumsBehind(
  namespaces: Namespaces,
  { pagesUrl, links }: LinkedViewersOptions,
): LinkedViewers {
  const behind = chromiumsBehind(namespaces.names);
  const name = secureNameOf(pagesUrl);
  const browsers = new Set<Browser>();
  const close = async (browser: Browser) => {
    browsers.delete(browser);
    await browser.close();
  };
  return {
    async hold(index, order) {
      const { accessRttMs, ...rates } = links[index] ?? {};
      const executablePath = behind.executables[index] as string;
      const browser = await launchChromium(name.flags, { executablePath, endsOnSignals: false });
      browsers.add(browser);
      const named = { ...order, src: name.of(order.src), tracker: name.of(order.tracker) };
      const held = await holdViewer(browser, name.of(pagesUrl), named);
      namespaces.limit(index, limitsOf(rates));
      if (accessRttMs !== undefined) await throttle(held.page, { accessRttMs });
      return {
        page: held.page,
        play: async () => {
          const viewer = await held.play();
          return {
            ...viewer,
            close: () => viewer.close().finally(() => close(browser)),
            crash: () => viewer.crash().finally(() => close(browser)),
          };
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...browsers].map(close));
      behind[Symbol.dispose]();
    },
  };
}
