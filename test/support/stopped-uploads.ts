import type { Page } from "playwright-core";

declare global {
  interface Window {
    /** Messages with media that this page has held back for ever. */
    heldMessages: number;
  }
}

const LARGEST_COMMAND_BYTES = 4_096;

/** For `prepare`: this page's uploads stop after so many messages of media, while everything else goes on. */
export function stopUploadsAfter(messages: number): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript(
      ({ messages: limit, command }) => {
        let sent = 0;
        window.heldMessages = 0;
        const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
        RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
          const { byteLength } = data as ArrayBuffer;
          if (byteLength > command && ++sent > limit) window.heldMessages++;
          else send.call(this, data);
        };
      },
      { messages, command: LARGEST_COMMAND_BYTES },
    );
  };
}
