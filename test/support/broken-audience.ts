import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { deliveredSegments, originSha256, recordDeliveredSegments } from "./delivered-segments.js";
import { hasPlayed, type Theatre, UNDISTURBED, until } from "./viewers.js";

/** Two viewers with nothing wrong about them, who are to notice nothing. */
export async function openHonestViewers(
  theatre: Theatre,
  prepareFurther: (page: Page) => Promise<unknown> = async () => {},
): Promise<[Viewer, Viewer]> {
  const prepare = async (page: Page) => {
    await recordDeliveredSegments(page);
    await prepareFurther(page);
  };
  const open = () => theatre.open("live", { prepare });
  return [await open(), await open()];
}

/** For `prepare`: the origin takes so long to the first byte of each segment. */
export function slowOrigin(firstByteMs: number): (page: Page) => Promise<unknown> {
  return (page) =>
    page.route("**/*.m4s", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, firstByteMs));
      // The page may have given the segment up, or be closed by now.
      await route.continue().catch(() => {});
    });
}

/** Lets them play on, and expects that nobody would notice anything and that all bytes were the origin's. */
export async function expectUnharmed(viewers: readonly Viewer[], seconds: number): Promise<void> {
  const before = await Promise.all(viewers.map((viewer) => viewer.snapshot()));
  for (const [index, viewer] of viewers.entries()) {
    const playedS = (before[index]?.playedMs ?? 0) / 1000;
    const seen = await until(viewer, hasPlayed(playedS + seconds), "an honest viewer plays on");
    expect(seen).toMatchObject(UNDISTURBED);
  }
  for (const viewer of viewers) {
    const delivered = await deliveredSegments(viewer.page);
    expect(delivered.length).toBeGreaterThan(0);
    for (const { url, sha256 } of delivered) {
      expect({ url, sha256 }).toEqual({ url, sha256: await originSha256(url) });
    }
  }
}

/** Complete segments from peers, over all of these viewers. */
export async function bytesFromPeers(viewers: readonly Viewer[]): Promise<number> {
  const snapshots = await Promise.all(viewers.map((viewer) => viewer.snapshot()));
  return snapshots.reduce((sum, { fromPeers }) => sum + fromPeers, 0);
}
