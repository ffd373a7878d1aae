import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../loadtest/browsers/chromium.js";
import { createTracker, type TrackerOptions } from "../../tracker/index.js";
import { announce, id, offer } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";
import { postReport, reportOf } from "../support/tracker-reports.js";

const ADMIN = "an-admin-token-of-a-test";
/** Rates are then the mean of the last three seconds. */
const REPORT_INTERVAL_S = 1;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function listen(options: TrackerOptions = {}) {
  const tracker = createTracker({
    port: 0,
    adminToken: ADMIN,
    reportIntervalS: REPORT_INTERVAL_S,
    ...options,
  });
  const { port, url } = await tracker.listen();
  return { port, url, base: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: () => tracker.close() };
}

/** A page and what its console says that is not to be there. */
async function open(base: string, viewport = { width: 1280, height: 900 }) {
  const page = await (await browser.newContext({ viewport })).newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // Chromium itself writes of each request that failed.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      problems.push(message.text());
  });
  await page.goto(`${base}live`);
  return { page, problems };
}

/** Reports of one viewer for as long as nothing else is said: three quarters come from peers. */
function keepReporting(base: string) {
  let sequence = 0;
  const report = () => void postReport(base, reportOf("session-1", { sequence: sequence++ })).catch(() => {});
  report();
  const timer = setInterval(report, REPORT_INTERVAL_S * 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const textOf = (page: Page, name: string) => page.locator(`[data-part=${name}]`).innerText();
const seen = (page: Page, name: string) =>
  expect.poll(() => textOf(page, name), { timeout: 15_000, interval: 100 });

test("the live page shows a service, follows it, and comes back when the tracker does", async () => {
  const first = await listen();
  const { page, problems } = await open(first.base);
  await seen(page, "situation").toMatch(/^Nobody watches anything: the tracker has heard of no stream/);

  const viewers = await Promise.all(["a", "b", "c"].map(() => RawClient.connect(`${first.url}?stream=news`)));
  for (const [index, viewer] of viewers.entries()) {
    await viewer.ask(announce(id("h"), id(`${index}`), { offers: [offer("o".repeat(20))] }));
  }
  viewers[0]?.send("{");
  const reporting = keepReporting(first.base);
  await seen(page, "tiles").toMatch(/as players report it\s+75 %\s+[\d.]+ Mbit\/s left to the origin/);
  await seen(page, "tiles").toMatch(/by the origin’s count\s+–\s+Not known: the tracker was started without/);
  await seen(page, "streams").toMatch(/news\s+1\s+75 %/);
  await seen(page, "networks").toMatch(/own machine\s+3/);
  await seen(page, "swarm-note").toMatch(/^3 viewers\. 2 introductions/);
  await seen(page, "tiers").toMatch(/Same address\s+2 · 100 %/);
  await seen(page, "refusals").toMatch(/not JSON\s+1\s+1/);

  viewers[2]?.socket.terminate();
  await seen(page, "tiles").toMatch(/2 connected here/);

  reporting[Symbol.dispose]();
  await first[Symbol.asyncDispose]();
  await seen(page, "status").toBe("reconnecting");
  await seen(page, "problem").toMatch(/tries again by itself\. What you see is from/);
  await using second = await listen({ port: first.port });
  await seen(page, "status").toBe("live");
  await seen(page, "restarted").toMatch(/started anew .* counts from zero/);
  await seen(page, "situation").toMatch(/^Nobody watches anything/);
  using _ = keepReporting(second.base);
  await seen(page, "tiles").toMatch(/as players report it\s+75 %/);

  await page.evaluate(() => {
    location.hash = `#stream=${encodeURIComponent('"><img src=x onerror="document.title=1">')}`;
  });
  await seen(page, "problem").toMatch(/expected a stream's name/);
  await page.evaluate(() => {
    location.hash = "#stream=vanished";
  });
  await seen(page, "situation").toMatch(/knows no stream called “vanished”/);
  expect(await page.title()).toBe("Nearcast live");
  expect(problems).toEqual([]);
});

test("behind a proxy the live page asks for the admin token, and fits a telephone", async () => {
  await using server = await listen({ trustedProxies: ["loopback"] });
  const { page, problems } = await open(server.base, { width: 390, height: 844 });
  await seen(page, "problem").toBe("The admin token is needed.");
  expect(await page.locator("[data-part=figures]").isVisible()).toBe(false);
  const enter = async (token: string) => {
    await page.getByLabel("Admin token").fill(token);
    await page.getByRole("button", { name: "Show" }).click();
  };
  await enter("another-token-that-is-wrong");
  await seen(page, "problem").toMatch(/does not know this admin token/);
  await enter(ADMIN);
  await seen(page, "status").toBe("live");

  await using viewer = await RawClient.connect(`${server.url}?stream=news`, {
    headers: { "X-Forwarded-For": "203.0.113.7" },
  });
  await viewer.ask(announce(id("h"), id("a")));
  await seen(page, "swarm-note").toMatch(/^1 viewer\./);
  await page.getByText("The same as a table").click();
  expect(await textOf(page, "swarm-rows")).not.toContain("203.0.113.7");
  await page.getByLabel("Show addresses").check();
  await seen(page, "swarm-rows").toContain("203.0.113.7");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(problems).toEqual([]);
});
