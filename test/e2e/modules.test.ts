import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import type { HlsWithNearcast } from "nearcast";
import { expect, test } from "vitest";
import { openTheatre } from "../support/viewers.js";

declare global {
  interface Window {
    player: HlsWithNearcast;
    connected: string[];
  }
}

test("the ES modules work beside an hls.js of the page's own", async () => {
  await using theatre = await openTheatre({
    routes: (app) => {
      const hls = resolve(dirname(createRequire(import.meta.url).resolve("hls.js")), "hls.mjs");
      app.get("/hls.mjs", async (_request, response) => {
        response.type("text/javascript").send(await readFile(hls));
      });
      app.get("/page", (_request, response) => {
        response.send(`<!doctype html>
          <script type="importmap">{ "imports": { "hls.js": "/hls.mjs" } }</script>
          <video muted autoplay></video>
          <nearcast-player src="/hls/sample/master.m3u8" muted></nearcast-player>
          <script type="module">
            import Hls from "hls.js";
            import { withNearcast } from "/nearcast.mjs";
            import { NearcastPlayerElement } from "/element.mjs";
            const { tracker } = Object.fromEntries(new URLSearchParams(location.search));
            const hls = new (withNearcast(Hls))({ nearcast: { tracker, stream: "live" } });
            window.connected = [];
            hls.nearcast.addEventListener("peerconnected", ({ detail }) => window.connected.push(detail.peerId));
            hls.loadSource("/hls/live/master.m3u8");
            hls.attachMedia(document.querySelector("video"));
            window.player = hls;
            window.isElement = document.querySelector("nearcast-player") instanceof NearcastPlayerElement;
          </script>`);
      });
    },
  });
  const open = async () => {
    const page = await (await theatre.browser.newContext()).newPage();
    await page.goto(`${theatre.stack.url}/page?tracker=${encodeURIComponent(theatre.stack.trackerUrl)}`);
    await page.waitForFunction(() => (window.player?.nearcast?.stats.playedMs ?? 0) > 1_000);
    return page;
  };
  const first = await open();
  const second = await open();
  await second.waitForFunction(() => (window.player.nearcast?.stats.bytes.fromPeers ?? 0) > 0);
  expect(await first.evaluate(() => window.connected)).toEqual([
    expect.stringMatching(/^-NC1S-[A-Za-z0-9]{14}$/),
  ]);
  expect(await second.evaluate(() => (window as unknown as { isElement: boolean }).isElement)).toBe(true);
  expect(await second.evaluate(() => window.player.nearcast?.stats)).toMatchObject({
    mode: { uses: "peers" },
    peers: 1,
    stalls: 0,
  });
});
