import type { Page, Route } from "playwright-core";

/** What stands between one viewer and its origin. */
export interface Fault {
  /** For `prepare`. */
  readonly prepare: (page: Page) => Promise<unknown>;
  /** Requests that were not answered as the origin would have. */
  readonly spoilt: number;
  begin(): void;
  end(): void;
}

/** From `begin` to `end`, this page's requests for media segments are left to `spoil`. */
export function segmentFault(spoil: (route: Route) => Promise<unknown> | undefined): Fault {
  let isOn = false;
  let spoilt = 0;
  return {
    prepare: (page) =>
      page.route("**/*.m4s", async (route) => {
        if (!isOn) return route.continue();
        spoilt++;
        // The page may have given the segment up, or be closed by now.
        await spoil(route)?.catch(() => {});
      }),
    get spoilt() {
      return spoilt;
    },
    begin: () => {
      isOn = true;
    },
    end: () => {
      isOn = false;
    },
  };
}

/** From `begin` to `end`, every media playlist is answered as it was before. May be put before several pages. */
export function staleMediaPlaylists(): Fault {
  let isOn = false;
  let spoilt = 0;
  const before = new Map<string, string>();
  return {
    prepare: (page) =>
      page.route("**/playlist.m3u8", async (route) => {
        const url = route.request().url();
        const old = before.get(url);
        if (isOn && old !== undefined) {
          spoilt++;
          await route.fulfill({ contentType: "application/vnd.apple.mpegurl", body: old });
          return;
        }
        const response = await route.fetch();
        before.set(url, await response.text());
        await route.fulfill({ response });
      }),
    get spoilt() {
      return spoilt;
    },
    begin: () => {
      isOn = true;
    },
    end: () => {
      isOn = false;
    },
  };
}
