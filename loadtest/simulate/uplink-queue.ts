import { CHANNEL_BUFFER_BYTES } from "../../player/delivery/upload-desk.js";
import type { Flow } from "./links.js";
import { FIRST_WINDOW_BYTES } from "./slow-start.js";

interface Uplink {
  readonly uploads: readonly Pick<Flow, "rate" | "bytes" | "loadedBytes">[];
  readonly upBytesPerMs: number;
}

/** An uplink of which uploads take less than so much has no queue. */
const FULL = 0.99;

/**
 * How much later packets of a viewer, requests or receipts, arrive because its uploads fill its uplink: each waits until
 * what uploads have put in front of it has left. That is as much as a connection's window lets through, which grows from
 * its first size with what has gone, up to a data channel's buffer, with which the player's upload desk reckons, too.
 * An uplink that is not full is not where these bytes wait.
 *
 * @param packets how many are sent, each of them after an answer to the one before. All wait equally, but none for longer
 *   than the uploads of now go on.
 */
export function heldUpMs({ uploads, upBytesPerMs }: Uplink, nowMs: number, packets = 1): number {
  let bytesPerMs = 0;
  let queuedBytes = 0;
  let leftBytes = 0;
  for (const upload of uploads) {
    const sent = upload.loadedBytes(nowMs);
    const left = upload.bytes - sent;
    bytesPerMs += upload.rate;
    queuedBytes += Math.min(FIRST_WINDOW_BYTES + sent, CHANNEL_BUFFER_BYTES, left);
    leftBytes += left;
  }
  if (bytesPerMs < upBytesPerMs * FULL) return 0;
  return Math.min(queuedBytes * packets, leftBytes) / upBytesPerMs;
}
