import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { DEFAULT_UPLOAD_BUDGET } from "../../player/policy/upload-budget.js";
import { HeadlessViewer } from "./headless-viewer.js";
import type { SeederFlags } from "./seeder-flags.js";

const REPORT_EVERY_MS = 10_000;
/** After the playlists could not be had, or the title has ended. */
const AGAIN_AFTER_MS = 5_000;

/** Plays and shares until `signal` ends it. A source that fails or ends is tried again. */
export async function runSeeder(flags: SeederFlags, signal: AbortSignal): Promise<void> {
  const logger = pino();
  while (!signal.aborted) {
    const viewer = new HeadlessViewer({
      src: flags.src,
      trackers: [flags.tracker],
      iceServers: flags.stun.map((urls) => ({ urls })),
      integrityKeys: [],
      swarmId: flags.swarmId,
      latencySegments: flags.latencySegments,
      usesPeers: true,
      mayUpload: true,
      uploadBudget: {
        ...DEFAULT_UPLOAD_BUDGET,
        allowanceBytes: Number.POSITIVE_INFINITY,
        bytesPerMs: flags.uploadKbps === undefined ? Number.POSITIVE_INFINITY : flags.uploadKbps / 8,
      },
      windowS: 30,
      memoryLimitBytes: flags.memoryMiB * 2 ** 20,
      maxBitsPerSecond: flags.maxKbps * 1000,
      random: Math.random,
    });
    logger.info({ src: flags.src, swarmId: flags.swarmId }, "seeding");
    while (!signal.aborted && !viewer.failure && !viewer.player.hasEnded) {
      await sleep(REPORT_EVERY_MS, undefined, { signal }).catch(() => {});
      const { peers, uploaded, fromPeers, fromOrigin } = viewer.counts;
      logger.info({ peers, uploaded, fromPeers, fromOrigin }, "shared so far");
    }
    if (viewer.failure) logger.warn({ error: viewer.failure.message }, "cannot play, trying again");
    viewer.close();
    if (!signal.aborted) await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => {});
  }
}
