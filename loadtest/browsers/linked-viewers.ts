import { chromiumsBehind } from "../links/chromium-behind.js";
import { type OwnPorts, openOwnPorts } from "../links/own-ports.js";
import type { Shaper } from "../links/shaping.js";
import type { SharedNamespace } from "../links/shared-namespace.js";
import { limitsOf, type ViewerLink } from "../links/viewer-link.js";
import { launchChromium } from "./chromium.js";
import type { ViewerOrder } from "./page/snapshot.js";
import { secureNameOf } from "./secure-name.js";
import { throttle } from "./throttle.js";
import { watchUdpPorts } from "./udp-ports.js";
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

/**
 * All viewers in one Chromium in a namespace, whose links are limited once their pages are there: of data channels the
 * page tells the ports, and everybody has a port of its own to each of the servers.
 */
export async function openChromiumBehind(
  namespace: SharedNamespace,
  { pagesUrl, links }: LinkedViewersOptions,
): Promise<LinkedViewers> {
  const behind = chromiumsBehind([{ namespace: namespace.name }]);
  const [executablePath = ""] = behind.executables;
  const name = secureNameOf(pagesUrl);
  const browser = await launchChromium(name.flags, { executablePath, endsOnSignals: false }).catch(
    (error) => {
      behind[Symbol.dispose]();
      throw error;
    },
  );
  const opened = new Set<OwnPorts>();
  return {
    async hold(index, order) {
      const { accessRttMs, ...rates } = links[index] ?? {};
      const own = await openOwnPorts(namespace.host, [pagesUrl, order.src, order.tracker]);
      opened.add(own);
      const through = (url: string) => name.of(own.of(url));
      const held = await holdViewer(
        browser,
        through(pagesUrl),
        { ...order, src: through(order.src), tracker: through(order.tracker) },
        (page) => watchUdpPorts(page, (port) => namespace.giveOwnPort(index, port)),
      );
      namespace.limit(index, limitsOf(rates));
      for (const port of own.ports) namespace.giveServerPort(index, port);
      if (accessRttMs !== undefined) await throttle(held.page, { accessRttMs });
      return held;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      for (const own of opened) own[Symbol.dispose]();
      behind[Symbol.dispose]();
    },
  };
}
