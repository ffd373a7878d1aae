import { createHash } from "node:crypto";
import type { Page } from "playwright-core";

/** One media segment as it was handed to hls.js' worker. */
export interface DeliveredSegment {
  readonly url: string;
  readonly sha256: string;
}

declare global {
  interface Window {
    deliveredSegments: Promise<DeliveredSegment>[];
  }
}

/** For `prepare`: records what hls.js gets, just before its worker takes the buffer away. */
export async function recordDeliveredSegments(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.deliveredSegments = [];
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, message, ...rest: unknown[]) {
      const isSegment =
        message?.cmd === "demux" && message.data instanceof ArrayBuffer && message.data.byteLength > 0;
      if (isSegment) {
        const { level, sn } = message.chunkMeta;
        const fragment = window.viewer.hls.levels[level]?.details?.fragments.find(
          (known) => known?.sn === sn,
        );
        const url = fragment?.url ?? `unknown ${level}/${sn}`;
        window.deliveredSegments.push(
          crypto.subtle.digest("SHA-256", message.data.slice(0)).then((digest) => ({
            url,
            sha256: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""),
          })),
        );
      }
      return (postMessage as (...all: unknown[]) => void).call(this, message, ...rest);
    };
  });
}

export function deliveredSegments(page: Page): Promise<DeliveredSegment[]> {
  return page.evaluate(() => Promise.all(window.deliveredSegments));
}

/** What the origin has at an address. */
export async function originSha256(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return createHash("sha256")
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest("hex");
}
