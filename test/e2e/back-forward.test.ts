import { expect, test } from "vitest";
import type { ViewerSnapshot } from "../../loadtest/browsers/page/snapshot.js";
import { serveViewerPages } from "../../loadtest/browsers/viewer-pages.js";
import { ReceivedReports } from "../support/received-reports.js";
import { openTheatre, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** How often this page has come back as it was. */
    returns: number;
  }
}

test("a page that is left and comes back as it was shares again, and its reports lose nothing and double nothing", async () => {
  const reports = new ReceivedReports();
  await using theatre = await openTheatre(
    {
      routes: (app) => {
        serveViewerPages(app);
        reports.routes(app);
        app.get("/elsewhere", (_request, response) => void response.send("<!doctype html>Elsewhere"));
      },
    },
    { keepsLeftPages: true },
  );
  const order = { nearcast: { report: `${theatre.stack.url}/reports` } };
  const neighbour = await theatre.open("live", order);
  const viewer = await theatre.open("live", {
    ...order,
    prepare: (page) =>
      page.addInitScript(() => {
        window.returns = 0;
        addEventListener("pageshow", ({ persisted }) => {
          if (persisted) window.returns++;
        });
      }),
  });
  await until(viewer, ({ fromPeers }) => fromPeers > 0, "they share");

  // Playwright loses sight of a page that comes back in this way; the browser itself does not.
  const devTools = await viewer.page.context().newCDPSession(viewer.page);
  async function run<T>(look: () => T): Promise<T> {
    const { result } = await devTools.send("Runtime.evaluate", {
      expression: `(${look})()`,
      returnByValue: true,
    });
    return result.value as T;
  }
  const poll = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 20_000, interval: 200 });
  const snapshot = () => run((): ViewerSnapshot => window.viewer.snapshot());
  const session = await run(() => window.viewer.hls.nearcast?.stats.session);

  for (const round of [1, 2]) {
    const { currentIndex, entries } = await devTools.send("Page.getNavigationHistory");
    await devTools.send("Page.navigate", { url: `${theatre.stack.url}/elsewhere` });
    await until(neighbour, ({ peers }) => peers === 0, "the neighbour knows that it is gone");
    await devTools.send("Page.navigateToHistoryEntry", { entryId: entries[currentIndex]?.id ?? 0 });
    await poll(() => run(() => window.returns)).toBe(round);
    const { fromPeers } = await snapshot();
    await poll(async () => (await snapshot()).fromPeers).toBeGreaterThan(fromPeers);
  }
  const bytes = await run(() => {
    const { hls } = window.viewer;
    const { nearcast } = hls;
    hls.destroy();
    return nearcast?.stats.bytes;
  });
  await poll(async () => reports.sum("fromOrigin", session)).toBe(bytes?.fromOrigin);
  expect(reports.sum("fromPeers", session)).toBe(bytes?.fromPeers);
  expect(reports.sum("uploaded", session)).toBe(bytes?.uploaded);
  const sequences = reports.of(session ?? "").map(({ sequence }) => sequence);
  expect(sequences.sort((a, b) => a - b)).toEqual(sequences.map((_, index) => index));
  expect(sequences.length).toBeGreaterThanOrEqual(3);
});
