import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openTheatre, type Theatre } from "../support/viewers.js";

let theatre: Theatre;
beforeAll(async () => {
  theatre = await openTheatre();
});
afterAll(() => theatre[Symbol.asyncDispose]());
// Whatever the outcome: a tab left open would be a third viewer of the next test.
afterEach(() => Promise.all(theatre.browser.contexts().map((context) => context.close())));

async function openTab(hash: string) {
  const page = await (await theatre.browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(`${theatre.stack.url}/${hash}`);
  const stats = () => page.evaluate(() => document.querySelector("nearcast-player")?.stats);
  return { page, problems, stats };
}

test.each(["#sample", "#live"])(
  "the second tab on %s shows that it takes segments from the first",
  async (hash) => {
    const first = await openTab(hash);
    await expect
      .poll(async () => (await first.stats())?.playedMs ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(2_000);
    const second = await openTab(hash);
    await expect
      .poll(async () => (await second.stats())?.bytes.fromPeers ?? 0, { timeout: 20_000 })
      .toBeGreaterThan(0);
    await expect
      .poll(() => second.page.textContent("body"), { timeout: 10_000 })
      .toMatch(/From peers\s*[1-9][\d.]* [kM]B/);

    for (const { page, problems, stats } of [first, second]) {
      expect(problems).toEqual([]);
      await expect.poll(stats, { timeout: 25_000 }).toMatchObject({ stalls: 0, peers: 1 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
  },
);

test("the snippet on the page plays when it is pasted into another page", async () => {
  const tab = await openTab("#live");
  const snippet = tab.page.locator("[data-part=snippet]");
  await expect.poll(() => snippet.inputValue(), { timeout: 10_000 }).toContain("<nearcast-player");
  const other = await (await theatre.browser.newContext()).newPage();
  await other.goto(`${theatre.stack.url}/viewer/viewer.html?play={}`);
  await other.setContent(await snippet.inputValue());
  await other.waitForFunction(
    () => (document.querySelector("nearcast-player")?.stats?.playedMs ?? 0) > 1_000,
  );
});
