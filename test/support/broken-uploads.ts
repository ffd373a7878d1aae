import type { Page } from "playwright-core";

/** What becomes of the segments that a modified viewer uploads. It asks, announces and says that it begins as others do. */
export interface BrokenUploads {
  /** So many last bytes of each segment, and the word that it is complete, do not go out with the others. */
  readonly heldBytes: number;
  /** The pace at which they follow, in one message per second; 0 keeps them for ever. */
  readonly bytesPerSecond: number;
}

declare global {
  interface Window {
    /** Segments whose upload this page has spoilt. */
    brokenUploads: number;
  }
}

/** For `prepare`: this page delivers segments in part, late, or never. */
export function breakUploads(how: BrokenUploads): (page: Page) => Promise<void> {
  return async (page) => {
    // Infinity does not survive JSON.
    const heldBytes = Math.min(how.heldBytes, Number.MAX_SAFE_INTEGER);
    await page.addInitScript(
      ({ heldBytes, bytesPerSecond }) => {
        // p2p-media-loader's commands stand between "cstr" and "cend"; their first byte is their kind.
        const SEGMENT_DATA = 2;
        const SENDING_COMPLETED = 3;
        const kindOf = (message: Uint8Array): number | "media" =>
          /^[cd]str/.test(String.fromCharCode(...message.slice(0, 4))) ? (message[4] ?? 0) : "media";

        window.brokenUploads = 0;
        const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: Uint8Array) => void;
        const segments = new Map<RTCDataChannel, number[]>();
        const dripping = new Map<RTCDataChannel, { tail: Uint8Array; completed: Uint8Array }>();

        const complete = (channel: RTCDataChannel, completed: Uint8Array) => {
          const bytes = Uint8Array.from(segments.get(channel) ?? []);
          segments.delete(channel);
          const promptBytes = Math.max(0, bytes.length - heldBytes);
          for (let at = 0; at < promptBytes; at += 16_000) {
            send.call(channel, bytes.slice(at, Math.min(promptBytes, at + 16_000)));
          }
          dripping.set(channel, { tail: bytes.slice(promptBytes), completed });
          window.brokenUploads++;
        };
        RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
          const message = new Uint8Array(data as Uint8Array);
          const kind = kindOf(message);
          if (kind === "media") segments.get(this)?.push(...message);
          else if (kind === SENDING_COMPLETED) complete(this, message);
          else {
            if (kind === SEGMENT_DATA) {
              segments.set(this, []);
              dripping.delete(this);
            }
            send.call(this, message);
          }
        };
        if (bytesPerSecond === 0) return;
        setInterval(() => {
          for (const [channel, { tail, completed }] of dripping) {
            if (channel.readyState !== "open") dripping.delete(channel);
            else if (tail.length > 0) {
              send.call(channel, tail.slice(0, bytesPerSecond));
              dripping.set(channel, { tail: tail.slice(bytesPerSecond), completed });
            } else {
              send.call(channel, completed);
              dripping.delete(channel);
            }
          }
        }, 1_000);
      },
      { heldBytes, bytesPerSecond: how.bytesPerSecond },
    );
  };
}

/** For `prepare`: each connection of this page is closed after so many messages of media have been sent over it. */
export function closeConnectionsAfter(messages: number): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript((limit) => {
      const SMALLEST_MEDIA_BYTES = 4_096;
      window.brokenUploads = 0;
      const connectionOf = new WeakMap<RTCDataChannel, RTCPeerConnection>();
      const sent = new WeakMap<RTCDataChannel, number>();
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          this.addEventListener("datachannel", ({ channel }) => connectionOf.set(channel, this));
        }
        override createDataChannel(label: string, options?: RTCDataChannelInit) {
          const channel = super.createDataChannel(label, options);
          connectionOf.set(channel, this);
          return channel;
        }
      };
      const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
      RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
        const count =
          (sent.get(this) ?? 0) + ((data as Uint8Array).byteLength >= SMALLEST_MEDIA_BYTES ? 1 : 0);
        sent.set(this, count);
        if (count <= limit) send.call(this, data);
        if (count !== limit) return;
        sent.set(this, limit + 1);
        window.brokenUploads++;
        // What was sent may leave first.
        setTimeout(() => connectionOf.get(this)?.close(), 20);
      };
    }, messages);
  };
}
