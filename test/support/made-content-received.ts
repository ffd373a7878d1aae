import { createHash } from "node:crypto";
import type { Page } from "playwright-core";

/** One media segment as it was handed to hls.js' worker, of whatever track. */
export interface ReceivedSegment {
  readonly track: "main" | "audio";
  readonly url: string;
  /** First and last byte, both included, where the segment is a part of a file. */
  readonly range: readonly [number, number] | undefined;
  readonly sha256: string;
}

declare global {
  interface Window {
    receivedSegments: Promise<ReceivedSegment>[];
    addressesFromPeers: string[];
  }
}

/** For `prepare`: records what hls.js gets, just before its worker takes the buffer away. */
export async function recordReceivedSegments(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.receivedSegments = [];
    /** One worker carries the transmuxers of both tracks. */
    const trackOf = new Map<number, "main" | "audio">();

    function describe(track: "main" | "audio", { level, sn }: { level: number; sn: number }) {
      const { hls } = window.viewer;
      const playlist = track === "main" ? hls.levels[level] : hls.audioTracks[level];
      const fragment = playlist?.details?.fragments.find((known) => known?.sn === sn);
      const [start, end] = fragment?.byteRange ?? [];
      const range =
        start === undefined || end === undefined ? undefined : ([start, end - 1] as [number, number]);
      return { track, url: fragment?.url ?? `unknown ${track} ${level}/${sn}`, range };
    }

    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, message, ...rest: unknown[]) {
      if (message?.cmd === "init") trackOf.set(message.instanceNo, message.id);
      const isSegment =
        message?.cmd === "demux" && message.data instanceof ArrayBuffer && message.data.byteLength > 0;
      if (isSegment) {
        const place = describe(trackOf.get(message.instanceNo) ?? "main", message.chunkMeta);
        window.receivedSegments.push(
          crypto.subtle.digest("SHA-256", message.data.slice(0)).then((digest) => ({
            ...place,
            sha256: Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""),
          })),
        );
      }
      return (postMessage as (...all: unknown[]) => void).call(this, message, ...rest);
    };
  });
}

/** What the page has received so far, and beside it what the origin has in the same places. */
export async function receivedAndOriginal(
  page: Page,
): Promise<{ received: ReceivedSegment[]; original: ReceivedSegment[] }> {
  const received = await page.evaluate(() => Promise.all(window.receivedSegments));
  const original = await Promise.all(
    received.map(async (segment) => ({ ...segment, sha256: await originalSha256(segment) })),
  );
  return { received, original };
}

async function originalSha256({ url, range }: ReceivedSegment): Promise<string> {
  const headers = range ? { Range: `bytes=${range[0]}-${range[1]}` } : {};
  const response = await fetch(url, { headers });
  if (response.status !== (range ? 206 : 200)) throw new Error(`${url}: ${response.status}`);
  return createHash("sha256")
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest("hex");
}

/** From now on, notes the addresses of the segments that come from peers. */
export async function noteSegmentsFromPeers(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.addressesFromPeers = [];
    window.viewer.hls.nearcast?.addEventListener("segmentloaded", ({ detail }) => {
      if (detail.source === "peer") window.addressesFromPeers.push(detail.url);
    });
  });
}

export function segmentsFromPeers(page: Page): Promise<string[]> {
  return page.evaluate(() => window.addressesFromPeers);
}
