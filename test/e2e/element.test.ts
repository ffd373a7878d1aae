import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type {} from "../../player/element.js";
import { openTheatre, type Theatre } from "../support/viewers.js";

let theatre: Theatre;
let page: Page;
beforeAll(async () => {
  theatre = await openTheatre();
});
afterAll(() => theatre[Symbol.asyncDispose]());
beforeEach(async () => {
  page = await (await theatre.browser.newContext()).newPage();
  // Any page that has the script; what it shows is replaced.
  await page.goto(`${theatre.stack.url}/viewer/viewer.html?play={}`);
  await page.setContent(`<script src="${theatre.stack.url}/nearcast.js"></script>`);
  await page.waitForFunction(() => customElements.get("nearcast-player") !== undefined);
  return () => page.context().close();
});

function markup(attributes = ""): string {
  const { url, trackerUrl } = theatre.stack;
  return `<nearcast-player src="${url}/hls/live/master.m3u8" tracker="${trackerUrl}" stream="live" muted autoplay ${attributes}></nearcast-player>`;
}

async function insert(html: string): Promise<void> {
  await page.evaluate((text) => {
    const place = document.createElement("div");
    place.innerHTML = text;
    document.body.replaceChildren(place);
  }, html);
}

const plays = (index: number) => {
  const player = document.querySelectorAll("nearcast-player")[index];
  return (player?.video.currentTime ?? 0) > 0 && (player?.stats?.playedMs ?? 0) > 1_000;
};

test("two elements on one page play, share, and tell of it in events", async () => {
  await insert(markup());
  await page.waitForFunction(plays, 0);
  await page.evaluate((html) => {
    const place = document.createElement("div");
    place.innerHTML = html;
    const events: string[] = [];
    for (const name of ["peerconnected", "segmentloaded"]) {
      place.firstElementChild?.addEventListener(name, (event) => {
        events.push(`${name} ${Object.keys((event as CustomEvent).detail).join()}`);
      });
    }
    Object.assign(window, { seenEvents: events });
    document.body.append(place);
  }, markup());
  await page.waitForFunction(() => {
    const second = document.querySelectorAll("nearcast-player")[1];
    return (second?.stats?.bytes.fromPeers ?? 0) > 0;
  });
  const events = await page.evaluate(() => (window as unknown as { seenEvents: string[] }).seenEvents);
  expect(events).toContain("peerconnected peerId");
  expect(events).toContain("segmentloaded url,bytes,source,peerId");
});

test("attributes and properties reflect each other, and the video follows", async () => {
  await insert("<nearcast-player></nearcast-player>");
  const seen = await page.evaluate(() => {
    const player = document.querySelector("nearcast-player");
    if (!player) throw new Error("no player");
    player.muted = true;
    player.controls = true;
    player.poster = "data:,";
    player.stream = "abc";
    player.setAttribute("tracker", "wss://tracker.example/announce");
    const { muted, controls, poster } = player.video;
    return {
      html: player.outerHTML,
      tracker: player.tracker,
      video: { muted, controls, poster },
      hls: player.hls,
    };
  });
  expect(seen).toEqual({
    html: '<nearcast-player muted="" controls="" poster="data:," stream="abc" tracker="wss://tracker.example/announce"></nearcast-player>',
    tracker: "wss://tracker.example/announce",
    video: { muted: true, controls: true, poster: "data:," },
    hls: undefined,
  });
});

test("a wrong attribute is warned of, and the video plays from the origin", async () => {
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning") warnings.push(message.text());
  });
  await insert(markup().replace(theatre.stack.trackerUrl, "not an address"));
  await page.waitForFunction(() => (document.querySelector("nearcast-player")?.video.currentTime ?? 0) > 0);
  expect(warnings.join()).toContain("nearcast.tracker: expected an https: or wss: address");
  expect(await page.evaluate(() => document.querySelector("nearcast-player")?.stats)).toBeUndefined();
});

test("a stream that is not there is said in one sentence on the picture", async () => {
  await insert(markup().replace("/live/", "/nothing/"));
  const message = page.locator("nearcast-player [part=message]");
  await expect.poll(() => message.textContent(), { timeout: 20_000 }).toContain("manifestLoadError");
});

test("an element that is removed lets go of its peers; one that is moved keeps them", async () => {
  await insert(markup());
  await page.waitForFunction(plays, 0);
  const other = await theatre.open("live");
  await other.page.waitForFunction(() => window.viewer.snapshot().peers === 1);
  const isSameAfterMove = await page.evaluate(async () => {
    const player = document.querySelector("nearcast-player");
    const before = player?.hls;
    if (player) document.body.append(player);
    await Promise.resolve();
    return before !== undefined && before === player?.hls;
  });
  expect(isSameAfterMove).toBe(true);
  await page.evaluate(() => document.querySelector("nearcast-player")?.remove());
  await other.page.waitForFunction(() => window.viewer.snapshot().peers === 0);
  await other.close();
});
