import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Express } from "express";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveViewerPages } from "../../loadtest/browsers/viewer-pages.js";
import { createTracker } from "../../tracker/index.js";
import { makeAccessKeys } from "../support/access-keys.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** Gives the viewer's token; offered by the test. */
    askProvider: () => Promise<string>;
  }
}

let theatre: Theatre;
const asked: string[] = [];
beforeAll(async () => {
  theatre = await openTheatre({
    routes: (app) => {
      serveViewerPages(app);
      serveBadTrackers(app);
    },
  });
});
afterAll(() => theatre[Symbol.asyncDispose]());

function serveBadTrackers(app: Express): void {
  app.use("/trackers", (request, response, next) => {
    asked.push(request.path);
    response.set("Access-Control-Allow-Origin", "*");
    next();
  });
  app.get("/trackers/missing/join", (_request, response) => void response.sendStatus(404));
  app.get("/trackers/failing/join", (_request, response) => void response.sendStatus(503));
  app.get("/trackers/garbled/join", (_request, response) => void response.send("<!doctype html>"));
  app.get("/trackers/other/join", (_request, response) => {
    response.json({ version: 1, stream: "sample", announce: "ws://elsewhere.example" });
  });
  app.get("/trackers/endless/join", (_request, response) => {
    response.type("json").write("[");
    const timer = setInterval(() => response.write("0,".repeat(10_000)), 5);
    response.on("close", () => clearInterval(timer));
  });
  app.get("/trackers/silent/join", () => {});
}

const stats = (page: Page) => page.evaluate(() => window.viewer.hls.nearcast?.stats);

const BAD_TRACKERS = {
  missing: "answers 404",
  failing: "answers 503",
  garbled: "answers something else",
  other: "answers something else (reports: ",
  endless: "answers something else (expected at most 65536 bytes, got more)",
  absent: "does not answer",
};

test("with a tracker that is absent, fails or talks nonsense the stream plays from the origin, and one warning says why", async () => {
  const play = async (kind: string, why: string) => {
    const warnings: string[] = [];
    const viewer = await theatre.open("sample", {
      tracker: kind === "absent" ? "http://127.0.0.1:9" : `${theatre.stack.url}/trackers/${kind}`,
      prepare: async (page) => {
        page.on("console", (message) => {
          if (message.text().includes("Nearcast")) warnings.push(message.text());
        });
      },
    });
    expect(await until(viewer, hasPlayed(1), "it plays")).toMatchObject(UNDISTURBED);
    await expect
      .poll(async () => (await stats(viewer.page))?.mode, { timeout: 10_000 })
      .toEqual({ uses: "origin", because: expect.stringContaining(why) });
    expect(warnings).toEqual([expect.stringContaining(why)]);
    await viewer.close();
  };
  await Promise.all(Object.entries(BAD_TRACKERS).map(([kind, why]) => play(kind, why)));
});

test("a tracker that does not answer at all is not waited for, and none is asked before the viewer agrees", async () => {
  const tracker = `${theatre.stack.url}/trackers/silent`;
  const viewer = await theatre.open("sample", { tracker, nearcast: { consent: "ask" } });
  await until(viewer, hasPlayed(1), "it plays");
  expect(asked).not.toContain("/silent/join");
  await viewer.page.evaluate(() => window.viewer.hls.nearcast?.setConsent("granted"));
  await expect.poll(() => asked).toContain("/silent/join");
  const { playedMs } = await viewer.snapshot();
  const usual = await theatre.open("sample", { tracker });
  await until(usual, hasPlayed(1), "another one plays");
  await usual.close();
  // Each viewer asks once.
  expect(asked.filter((path) => path === "/silent/join")).toHaveLength(2);
  expect(await until(viewer, hasPlayed(playedMs / 1000 + 2), "it plays on")).toMatchObject(UNDISTURBED);
  expect((await stats(viewer.page))?.mode).toEqual({
    uses: "origin",
    because: "the tracker has not answered yet",
  });
  await viewer.close();
});

test("a private tracker is joined, announced and reported to with the tokens that the page gives, even where its clock is wrong", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nearcast-keys-"));
  const keys = await makeAccessKeys(folder);
  await using tracker = createTracker({ port: 0, accessKeys: keys.keyFile, reportIntervalS: 1 });
  const { port } = await tracker.listen();
  const tokens = { given: 0 };
  const open = async (clockAheadMs: number) => {
    const page = await (await theatre.browser.newContext()).newPage();
    await page.addInitScript((aheadMs) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + aheadMs;
    }, clockAheadMs);
    await page.exposeFunction("askProvider", () => {
      tokens.given++;
      return keys.token("live", Math.floor(Date.now() / 1000) + 5);
    });
    await page.goto(`${theatre.stack.url}/viewer/viewer.html?play=null`).catch(() => {});
    await page.setContent("<video muted autoplay></video>");
    await page.addScriptTag({ url: `${theatre.stack.url}/nearcast.js` });
    await page.evaluate(
      ({ base, src }) => {
        const { Hls } = (window as unknown as { Nearcast: { Hls: typeof window.viewer.hls.constructor } })
          .Nearcast as unknown as { Hls: new (config: object) => typeof window.viewer.hls };
        const hls = new Hls({
          nearcast: { tracker: base, stream: "live", getToken: () => window.askProvider() },
        });
        hls.loadSource(src);
        hls.attachMedia(document.querySelector("video") as HTMLVideoElement);
        window.viewer = { hls } as typeof window.viewer;
      },
      { base: `http://127.0.0.1:${port}`, src: `${theatre.stack.url}/hls/live/master.m3u8` },
    );
    return page;
  };
  const pages = [await open(0), await open(400 * 86_400_000)];
  for (const page of pages) {
    await expect
      .poll(async () => (await stats(page))?.bytes.fromPeers, { timeout: 30_000 })
      .toBeGreaterThan(0);
  }
  const reports = async (result: string) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(
      new RegExp(`^nearcast_tracker_reports_total\\{result="${result}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0,
    );
  };
  await expect.poll(() => tokens.given, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  const before = await reports("new");
  await expect.poll(() => reports("new"), { timeout: 30_000 }).toBeGreaterThan(before + 1);
  expect(await reports("refused")).toBe(0);
  await Promise.all(pages.map((page) => page.context().close()));
  await rm(folder, { recursive: true });
});
