import type { Browser, Page } from "playwright-core";
import type { ViewerOrder, ViewerSnapshot } from "./page/snapshot.js";

/** One viewer: a page of its own, in a browser context of its own, so that nothing is shared but the network. */
export interface Viewer {
  readonly page: Page;
  snapshot(): Promise<ViewerSnapshot>;
  /** Leaves without a word, as a closed tab does. */
  close(): Promise<void>;
  /** Is gone from one moment to the next, as with a dead battery: not even the page itself notices. */
  crash(): Promise<void>;
}

/**
 * @param pagesUrl where `serveViewerPages` serves.
 * @param prepare runs before the page's own scripts are loaded.
 */
export async function openViewer(
  browser: Browser,
  pagesUrl: string,
  order: ViewerOrder,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Viewer> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await prepare?.(page);
  const address = new URL("/viewer/viewer.html", pagesUrl);
  address.searchParams.set("play", JSON.stringify(order));
  await page.goto(address.href);
  await page.waitForFunction(() => "viewer" in window);
  return {
    page,
    snapshot: () => page.evaluate(() => window.viewer.snapshot()),
    close: () => context.close(),
    crash: async () => {
      const crashed = page.waitForEvent("crash");
      const session = await context.newCDPSession(page);
      // There is nobody left to answer.
      session.send("Page.crash").catch(() => {});
      await crashed;
      await context.close();
    },
  };
}
