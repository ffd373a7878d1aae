import type { Browser } from "playwright-core";
import { launchChromium } from "../../browsers/chromium.js";
import type { Links } from "../links.js";

/** Where viewers are opened. */
export interface Browsers extends AsyncDisposable {
  readonly version: string;
  of(seat: number): Browser;
}

/**
 * Starts one browser for each seat, behind its link where links are limited. In one for all, packets of all viewers and
 * their requests would pass through a single process, which no viewer has to share with another one.
 *
 * @param url where the viewers' page is served; it counts as secure, or pages would have no `crypto.subtle`.
 */
export async function openBrowsers(links: Links | undefined, seats: number, url: string): Promise<Browsers> {
  const browsers: Browser[] = [];
  const close = async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
  };
  const flags = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
  try {
    for (const executablePath of links?.executables ?? Array.from({ length: seats }, () => undefined)) {
      browsers.push(
        await launchChromium(flags, { endsOnSignals: false, ...(executablePath && { executablePath }) }),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [first] = browsers as [Browser];
  return {
    version: first.version(),
    of: (seat) => browsers[seat % browsers.length] as Browser,
    [Symbol.asyncDispose]: close,
  };
}
