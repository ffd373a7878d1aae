import { createTracker } from "../../../tracker/index.js";

/** Our tracker with the limits opened as far as one machine that plays all viewers needs. */
export async function startNearcast(): Promise<string> {
  const tracker = createTracker({
    port: 0,
    maxSockets: 100_000,
    announceIntervalMs: 600_000,
    peerTtlMs: 2 ** 31 - 1,
  });
  return (await tracker.listen()).url;
}
