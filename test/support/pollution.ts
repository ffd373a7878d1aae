import type { Page } from "playwright-core";

/** What a modified viewer does to those who ask it for segments. */
export type Pollution =
  /** Turns one byte of each segment. */
  | "flip"
  /** Sends the bytes of segments that it sent before, or those of this one in another order. */
  | "swap"
  /** Leaves the end of each segment out, and says that it is complete. */
  | "truncate"
  /** Announces segments, and says of each that it has not got it. */
  | "absent"
  /** Sends half of each segment and is silent from then on. */
  | "half"
  /** Asks for the same segment thousands of times a second. */
  | "flood"
  /** Asks for the same segment again and again, not faster than it may. */
  | "greed";

declare global {
  interface Window {
    /** Segments that this page has spoilt, or requests beyond the first. */
    polluted: number;
  }
}

/** For `prepare`: this page pollutes; in all else it is a viewer like others. */
export function pollute(how: Pollution): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript((mode) => {
      // p2p-media-loader's commands stand between "cstr" and "cend"; their first byte is their kind.
      const SEGMENT_REQUEST = 1;
      const SEGMENT_DATA = 2;
      const SENDING_COMPLETED = 3;
      const SEGMENT_ABSENT = 4;
      const kindOf = (message: Uint8Array): number | "media" =>
        /^[cd]str/.test(String.fromCharCode(...message.slice(0, 4))) ? (message[4] ?? 0) : "media";

      window.polluted = 0;
      const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: Uint8Array) => void;
      const segments = new Map<RTCDataChannel, number[]>();
      let before: number[] = [];
      const flooded = new Set<RTCDataChannel>();

      const spoil = (bytes: number[]): number[] => {
        switch (mode) {
          case "flip":
            return bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));
          case "swap": {
            const other = before.length > 0 ? before : bytes.toReversed();
            before = bytes;
            return bytes.map((_, at) => other[at % other.length] ?? 0);
          }
          case "truncate":
            return bytes.slice(0, -1_000);
          case "half":
            return bytes.slice(0, bytes.length >> 1);
          default:
            return bytes;
        }
      };
      const complete = (channel: RTCDataChannel, completed: Uint8Array) => {
        const bytes = spoil(segments.get(channel) ?? []);
        segments.delete(channel);
        window.polluted++;
        if (mode === "absent") {
          completed[4] = SEGMENT_ABSENT;
        } else {
          for (let at = 0; at < bytes.length; at += 16_000) {
            send.call(channel, Uint8Array.from(bytes.slice(at, at + 16_000)));
          }
        }
        if (mode !== "half") send.call(channel, completed);
      };
      const flood = (channel: RTCDataChannel, request: Uint8Array, times: number) => {
        flooded.add(channel);
        const timer = setInterval(() => {
          if (channel.readyState !== "open") clearInterval(timer);
          else
            for (let copies = 0; copies < times; copies++) {
              send.call(channel, request);
              window.polluted++;
            }
        }, 20);
      };
      RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
        const message = new Uint8Array(data as Uint8Array);
        const kind = kindOf(message);
        if (mode === "flood" || mode === "greed") {
          send.call(this, message);
          const times = mode === "flood" ? 100 : 1;
          if (kind === SEGMENT_REQUEST && !flooded.has(this)) flood(this, message, times);
        } else if (kind === "media") segments.get(this)?.push(...message);
        else if (kind === SENDING_COMPLETED) complete(this, message);
        else {
          if (kind === SEGMENT_DATA) segments.set(this, []);
          if (kind !== SEGMENT_DATA || mode !== "absent") send.call(this, message);
        }
      };
    }, how);
  };
}
