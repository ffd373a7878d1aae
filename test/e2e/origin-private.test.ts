import { resolve } from "node:path";
import { expect, test } from "vitest";
import { builtFolder } from "../../demo/stack.js";
import { launchChromium } from "../../loadtest/browsers/chromium.js";
import { createOrigin, defaultStreams } from "../../origin/index.js";
import { makeAccessKeys } from "../support/access-keys.js";
import { temporaryFolder } from "../support/origin-programme.js";

/** Seconds pass thirty times as fast for tokens as for the player, so that several expire while it plays. */
const HASTE = 30;

test("hls.js plays a private stream across tokens that expire", async () => {
  await using folder = await temporaryFolder();
  const { keyFile, token } = await makeAccessKeys(folder.path);
  const startedMs = Date.now();
  const clock = () => startedMs + (Date.now() - startedMs) * HASTE;
  const { sample } = defaultStreams();
  if (!sample) throw new Error("there is no sample");
  const issued: string[] = [];
  await using origin = createOrigin({
    port: 0,
    streams: { films: { ...sample, access: "private" } },
    access: { keyFile },
    clock,
    routes: (app) => {
      app.get("/token", async (_req, res) => {
        issued.push(await token("films", Math.floor(clock() / 1000) + 60));
        res.type("text/plain").send(issued.at(-1));
      });
      app.get("/nearcast.js", (_req, res) => res.sendFile(resolve(builtFolder(), "browser/nearcast.js")));
      app.get("/page", (_req, res) => {
        res.send(`<!doctype html><video muted autoplay></video><script src="/nearcast.js"></script><script>
          let token;
          const renew = async () => { token = await (await fetch("/token")).text(); };
          window.statuses = [];
          renew().then(() => {
            setInterval(renew, 500);
            const hls = new Nearcast.Hls({
              maxBufferLength: 2, maxMaxBufferLength: 2, nearcast: { enabled: false, stream: "films", tracker: "ws://127.0.0.1:9/" },
              xhrSetup: (xhr) => {
                xhr.setRequestHeader("Authorization", "Bearer " + token);
                xhr.addEventListener("loadend", () => window.statuses.push(xhr.status));
              },
            });
            hls.loadSource("/hls/films/master.m3u8");
            hls.attachMedia(document.querySelector("video"));
          });
        </script>`);
      });
    },
  });
  const { url } = await origin.listen();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(`${url}/page`);
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 7, undefined, {
      timeout: 40_000,
    });
    const statuses = await page.evaluate(() => (window as unknown as { statuses: number[] }).statuses);
    expect(new Set(statuses)).toEqual(new Set([200]));
  } finally {
    await browser.close();
  }
  const master = `${url}/hls/films/master.m3u8`;
  expect((await fetch(`${master}?token=${issued[0]}`)).status).toBe(401);
  expect((await fetch(`${master}?token=${issued.at(-1)}`)).status).toBe(200);
}, 60_000);
