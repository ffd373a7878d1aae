import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** Constructors of connections that this page has called. */
    opened: string[];
  }
}

/** For `prepare`: records every attempt of the page to open a connection. */
export async function recordConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.opened = [];
    for (const name of ["WebSocket", "RTCPeerConnection"] as const) {
      Object.defineProperty(window, name, {
        value: new Proxy(window[name], {
          construct(target, args) {
            window.opened.push(name);
            return Reflect.construct(target, args);
          },
        }),
      });
    }
  });
}

export function openedConnections(page: Page): Promise<string[]> {
  return page.evaluate(() => window.opened);
}
