import { afterAll, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { serveViewerPages } from "../../loadtest/browsers/viewer-pages.js";
import { ReceivedReports } from "../support/received-reports.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

let theatre: Theatre;
const reports = new ReceivedReports();
beforeAll(async () => {
  theatre = await openTheatre({
    routes: (app) => {
      serveViewerPages(app);
      reports.routes(app);
    },
  });
});
afterAll(() => theatre[Symbol.asyncDispose]());

const open = () => theatre.open("live", { nearcast: { report: `${theatre.stack.url}/reports` } });
const stat = async (viewer: Viewer) => {
  const stats = await viewer.page.evaluate(() => window.viewer.hls.nearcast?.stats);
  if (!stats) throw new Error("the viewer has no statistics");
  return stats;
};
/** As a viewer closes a tab: the page has its chance to say goodbye. */
async function leave(viewer: Viewer): Promise<string> {
  const { session } = await stat(viewer);
  await viewer.page.goto("about:blank");
  return session;
}

test("with viewers coming and going, what they report is what they played, and what the origin has sent", async () => {
  const first = await open();
  await until(first, hasPlayed(3), "the first viewer plays");
  const second = await open();
  await until(second, hasPlayed(5), "the second viewer plays");
  await leave(first);
  const third = await open();
  // Long enough for a report in between.
  await until(third, hasPlayed(14), "the third viewer plays");
  for (const viewer of [second, third]) {
    // In one turn, as bytes come all the time.
    const { stats, seen } = await viewer.page.evaluate(() => ({
      stats: window.viewer.hls.nearcast?.stats,
      seen: window.viewer.snapshot(),
    }));
    if (!stats) throw new Error("the viewer has no statistics");
    const initBytes = theatre.log.totals("live").initBytes;
    expect(seen).toMatchObject(UNDISTURBED);
    // Initialisation segments are the origin's, and no segments.
    const difference = stats.bytes.fromPeers + stats.bytes.fromOrigin - seen.loadedBytes;
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThanOrEqual(initBytes);
  }
  await leave(second);
  await leave(third);

  const { segmentBytes, initBytes } = theatre.log.totals("live");
  const reported = () => reports.sum("fromOrigin") + reports.sum("wastedFromOrigin");
  await expect
    .poll(() => Math.abs(reported() / (segmentBytes + initBytes) - 1), { timeout: 10_000 })
    .toBeLessThan(0.001);
  expect(reports.sum("fromPeers")).toBeGreaterThan(0);
  expect(reports.sum("rejected") + reports.sum("unverified")).toBe(0);
  expect(reports.sum("uploaded")).toBeGreaterThanOrEqual(reports.sum("fromPeers"));
  const sessions = new Set(reports.all.map(({ session }) => session));
  expect(sessions.size).toBe(3);
  for (const session of sessions) {
    const sequences = reports.of(session).map(({ sequence }) => sequence);
    expect(sequences.sort((a, b) => a - b)).toEqual(sequences.map((_, index) => index));
    expect(reports.of(session).filter(({ startupMs }) => startupMs !== undefined)).toHaveLength(1);
  }
});
