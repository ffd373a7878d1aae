import type { Page } from "playwright-core";
import type { ViewerLink } from "../links/viewer-link.js";

const BYTES_PER_S_AND_MBPS = 125_000;
const UNLIMITED = -1;

/** Makes Chromium limit a page's link from now on, but for data channels that exist already. */
export async function throttle(page: Page, { upMbps, downMbps, accessRttMs = 0 }: ViewerLink): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    // Each packet of a data channel waits for it on its way out and on its way in, and each request once.
    latency: accessRttMs / 2,
    uploadThroughput: upMbps === undefined ? UNLIMITED : upMbps * BYTES_PER_S_AND_MBPS,
    downloadThroughput: downMbps === undefined ? UNLIMITED : downMbps * BYTES_PER_S_AND_MBPS,
  });
}
