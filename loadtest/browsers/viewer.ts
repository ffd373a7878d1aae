import type { Browser, BrowserContext, Page } from "playwright-core";
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

/** A viewer whose page is loaded and who has not yet asked for anything of the stream. */
export interface HeldViewer {
  readonly page: Page;
  play(): Promise<Viewer>;
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
  const { context, page } = await openPage(browser, pagesUrl, order, prepare);
  await page.waitForFunction(() => "viewer" in window);
  return viewerOf(context, page);
}

/**
 * Opens the page in advance: starting a browser's process and compiling scripts is nothing that players differ in.
 *
 * @param prepare runs before the page's own scripts are loaded.
 */
export async function holdViewer(
  browser: Browser,
  pagesUrl: string,
  order: ViewerOrder,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<HeldViewer> {
  const { context, page } = await openPage(browser, pagesUrl, { ...order, isHeld: true }, prepare);
  await page.waitForFunction(() => "play" in window);
  return {
    page,
    play: async () => {
      await page.evaluate(() => window.play());
      return viewerOf(context, page);
    },
  };
}

async function openPage(
  browser: Browser,
  pagesUrl: string,
  order: ViewerOrder,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await prepare?.(page);
  const address = new URL("/viewer/viewer.html", pagesUrl);
  address.searchParams.set("play", JSON.stringify(order));
  await page.goto(address.href);
  return { context, page };
}

function viewerOf(context: BrowserContext, page: Page): Viewer {
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
