import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { TRACKER_METRICS } from "../../tracker/index.js";
import { ChurningViewers } from "../support/churning-viewers.js";
import { TrackerProcess } from "../support/tracker-process.js";

/** NEARCAST_LONG=1: as many viewers, for as long, as one tracker is meant to bear. */
const IS_LONG = process.env.NEARCAST_LONG === "1";
const { viewers, seconds, meanStayMs, announceIntervalMs } = IS_LONG
  ? { viewers: 5000, seconds: 600, meanStayMs: 30_000, announceIntervalMs: 20_000 }
  : { viewers: 200, seconds: 3, meanStayMs: 500, announceIntervalMs: 250 };

test(`${viewers} viewers who come and go for ${seconds} s leave nothing behind`, {
  timeout: seconds * 2000 + 120_000,
}, async () => {
  await using tracker = await TrackerProcess.start("--trusted-proxies", "loopback");
  const audience = new ChurningViewers({ url: tracker.url, meanStayMs, announceIntervalMs });
  audience.come(viewers, (seconds * 1000) / 10);
  const resident: number[] = [];
  const samples = 20;
  for (let sample = 0; sample < samples; sample++) {
    await sleep((seconds * 1000) / samples);
    resident.push(await tracker.value("process_resident_memory_bytes"));
    if (!IS_LONG) continue;
    const heap = await tracker.value("nodejs_heap_size_used_bytes");
    const figures = `${mebibytes(resident.at(-1))} resident, ${mebibytes(heap)} of them heap in use`;
    console.log(`${audience.present} present of ${audience.arrived} so far, ${figures}`);
  }
  // On a busy machine it takes longer until they are all there.
  const soon = { timeout: 60_000, interval: 200 };
  await expect.poll(() => tracker.value(TRACKER_METRICS.sockets), soon).toBeGreaterThan(viewers / 2);
  await expect.poll(() => tracker.value(TRACKER_METRICS.answers), soon).toBeGreaterThan(viewers);
  await expect.poll(() => audience.arrived, soon).toBeGreaterThan(viewers * 3);
  await audience.go();
  expect(audience.lost).toBe(0);
  for (const metric of [TRACKER_METRICS.sockets, TRACKER_METRICS.peers, TRACKER_METRICS.swarms])
    await expect.poll(() => tracker.value(metric), { timeout: 10_000 }).toBe(0);
  expect(await tracker.value(TRACKER_METRICS.errors)).toBe(0);
  if (IS_LONG) {
    // The largest of the second half beside that of the second quarter: addresses are remembered by then.
    const early = Math.max(...resident.slice(samples / 4, samples / 2));
    const late = Math.max(...resident.slice(samples / 2));
    expect(late / early, `${mebibytes(early)} and later ${mebibytes(late)}`).toBeLessThan(1.15);
  }
});

function mebibytes(bytes = 0): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
