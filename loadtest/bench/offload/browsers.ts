import type { Browser } from "playwright-core";
import { launchChromium } from "../../browsers/chromium.js";
import { type SecureName, secureNameOf } from "../../browsers/secure-name.js";
import type { Links } from "../links.js";

/** Where viewers are opened. */
export interface Browsers extends AsyncDisposable {
  readonly version: string;
  /** How they call the server of the viewers' page. */
  readonly name: SecureName;
  of(seat: number): Browser;
}

/**
 * Starts one browser for each seat, behind its link where links are limited. In one for all, packets of all viewers and
 * their requests would pass through a single process, which no viewer has to share with another one.
 *
 * @param url where the viewers' page is served.
 */
export async function openBrowsers(links: Links | undefined, seats: number, url: string): Promise<Browsers> {
  const browsers: Browser[] = [];
  const close = async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
  };
  const name = secureNameOf(url);
  try {
    for (const executablePath of links?.executables ?? Array.from({ length: seats }, () => undefined)) {
      browsers.push(
        await launchChromium(name.flags, { endsOnSignals: false, ...(executablePath && { executablePath }) }),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [first] = browsers as [Browser];
  return {
    version: first.version(),
    name,
    of: (seat) => browsers[seat % browsers.length] as Browser,
    [Symbol.asyncDispose]: close,
  };
}
