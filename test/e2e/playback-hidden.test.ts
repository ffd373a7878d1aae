import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { fmp4 } from "../support/made-content.js";
import { receivedAndOriginal, recordReceivedSegments } from "../support/made-content-received.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { stopUploadsAfter } from "../support/stopped-uploads.js";
import { hasPlayed, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    hidePage(): void;
  }
}

const theatre = useMadeTheatre({ film: fmp4({ seconds: 40 }) }, "film");

/**
 * Lets `hidePage` make the page what a hidden tab is for its scripts: told so, and with timers that run once a
 * second. A browser that is driven from outside shows all its tabs as visible.
 */
async function canHide(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const TICK_MS = 1_000;
    let isHidden = false;
    /** When one of the ticks was. */
    let tickedAtMs = 0;
    const { setTimeout, setInterval } = window;
    const throttled = (delayMs = 0) => {
      const sinceMs = performance.now() - tickedAtMs;
      return isHidden ? Math.ceil((sinceMs + delayMs) / TICK_MS) * TICK_MS - sinceMs : delayMs;
    };
    Object.assign(window, {
      setTimeout: (run: () => void, delayMs?: number, ...args: []) =>
        setTimeout(run, throttled(delayMs), ...args),
      setInterval: (run: () => void, delayMs?: number) => {
        let lastTick = 0;
        return setInterval(() => {
          const tick = Math.floor((performance.now() - tickedAtMs) / TICK_MS);
          if (isHidden && tick === lastTick) return;
          lastTick = tick;
          run();
        }, delayMs);
      },
    });
    Object.defineProperties(document, {
      hidden: { get: () => isHidden },
      visibilityState: { get: () => (isHidden ? "hidden" : "visible") },
    });
    window.hidePage = () => {
      isHidden = true;
      // Half a second after a segment's start, where a deadline before it is missed by as much as the next is early.
      tickedAtMs = performance.now() - window.viewer.video.currentTime * 1_000 + 500;
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    };
  });
}

function open(
  stream: string,
  prepare: (page: Page) => Promise<void>,
  options: Record<string, unknown> = {},
): Promise<Viewer> {
  const hls = { maxBufferLength: 4, maxMaxBufferLength: 4 };
  return theatre.open(stream, { hls, nearcast: { prefetchWindowS: 8, ...options }, prepare });
}

async function canHideAndRecords(page: Page): Promise<void> {
  await canHide(page);
  await recordReceivedSegments(page);
}

async function expectUndisturbed(viewer: Viewer): Promise<void> {
  expect(await viewer.snapshot()).toMatchObject(UNDISTURBED);
  const { received, original } = await receivedAndOriginal(viewer.page);
  expect(received).toEqual(original);
}

test.each(["film", "channel"])("viewers of %s get segments from one whose page is hidden", async (stream) => {
  const hidden = await open(stream, canHideAndRecords);
  await until(hidden, hasPlayed(2), "the first viewer plays");
  await hidden.page.evaluate(() => window.hidePage());
  const other = await open(stream, recordReceivedSegments);
  await until(other, hasPlayed(10), "the second viewer plays");
  expect((await other.snapshot()).fromPeers).toBeGreaterThan(0);
  await expectUndisturbed(hidden);
  await expectUndisturbed(other);
});

test.each(["film", "channel"])(
  "a viewer of %s whose page is hidden goes on getting segments from the others",
  async (stream) => {
    const other = await open(stream, recordReceivedSegments);
    await until(other, hasPlayed(2), "the first viewer plays");
    const hidden = await open(stream, canHideAndRecords);
    await until(hidden, ({ fromPeers }) => fromPeers > 0, "the second viewer gets segments from the first");
    await hidden.page.evaluate(() => window.hidePage());
    const { fromPeers, playedMs } = await hidden.snapshot();
    const seen = await until(hidden, hasPlayed(playedMs / 1000 + 10), "the hidden viewer plays on");
    expect(seen.fromPeers).toBeGreaterThan(fromPeers);
    await expectUndisturbed(hidden);
    await expectUndisturbed(other);
  },
);

test.each([
  { stream: "film", upload: false },
  { stream: "channel", upload: true },
])(
  "a viewer whose page is hidden does not wait for a peer that has fallen silent: $stream, upload $upload",
  async ({ stream, upload }) => {
    const silent = await open(stream, stopUploadsAfter(6));
    await until(silent, hasPlayed(2), "the first viewer plays");
    const hidden = await open(stream, canHideAndRecords, { upload });
    await until(hidden, hasPlayed(1), "the second viewer plays");
    await hidden.page.evaluate(() => window.hidePage());
    await until(hidden, hasPlayed(14), "the hidden viewer plays on");
    expect(await silent.page.evaluate(() => window.heldMessages)).toBeGreaterThan(0);
    await expectUndisturbed(hidden);
  },
);
