import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Viewer } from "../../loadtest/browsers/viewer.js";
import { openedConnections, recordConnections } from "../support/opened-connections.js";
import { newKey } from "../support/playlist-keys.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

let theatre: Theatre;
const viewers: Viewer[] = [];
beforeAll(async () => {
  theatre = await openTheatre();
});
afterEach(() => Promise.all(viewers.splice(0).map((viewer) => viewer.close())));
afterAll(() => theatre[Symbol.asyncDispose]());

async function open(order: Parameters<Theatre["open"]>[1]): Promise<Viewer> {
  const viewer = await theatre.open("live", order);
  viewers.push(viewer);
  return viewer;
}

test("nothing is opened before the viewer agrees; when that is taken back all is closed, and playback goes on", async () => {
  const other = await open({});
  const asked = await open({ prepare: recordConnections, nearcast: { consent: "ask" } });
  await until(other, hasPlayed(3), "the other viewer plays");
  await until(asked, hasPlayed(5), "the viewer plays");
  expect(await openedConnections(asked.page)).toEqual([]);
  expect(await asked.page.evaluate(() => window.viewer.hls.nearcast?.stats.mode)).toEqual({
    uses: "origin",
    because: "the viewer has not agreed to connections with others",
  });

  await asked.page.evaluate(() => window.viewer.hls.nearcast?.setConsent("granted"));
  await until(asked, ({ fromPeers }) => fromPeers > 0, "it takes part");
  await asked.page.evaluate(() => window.viewer.hls.nearcast?.setConsent("denied"));
  const { playedMs, fromPeers, uploaded } = await until(asked, ({ peers }) => peers === 0, "it is alone");
  const opened = await openedConnections(asked.page);
  const seen = await until(asked, hasPlayed(playedMs / 1000 + 8), "it plays on");
  expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers, uploaded, peers: 0 });
  expect(await openedConnections(asked.page)).toEqual(opened);
  await until(other, ({ peers }) => peers === 0, "the other knows that it is gone");
});

test("a viewer who begins to save data stops uploading at once, is not counted on for seeding, and still receives", async () => {
  const other = await open({});
  const saving = await open({
    prepare: (page) =>
      page.addInitScript(() => {
        const connection = Object.assign(new EventTarget(), { saveData: false });
        Object.defineProperty(navigator, "connection", { value: connection });
      }),
  });
  await until(other, ({ fromPeers }) => fromPeers > 0, "both share");
  await saving.page.evaluate(() => {
    const connection = (navigator as unknown as { connection: EventTarget }).connection;
    Object.assign(connection, { saveData: true }).dispatchEvent(new Event("change"));
  });
  const before = await saving.snapshot();
  const seen = await until(
    saving,
    ({ fromPeers, peers }) => peers === 1 && fromPeers > before.fromPeers + 200_000,
    "it receives",
  );
  expect(seen).toMatchObject({ ...UNDISTURBED, uploaded: before.uploaded });
  expect(await other.snapshot()).toMatchObject(UNDISTURBED);
});

test("with playlists that were changed on the way, or signed by a stranger, viewers play from the origin alone and say why", async () => {
  const warnings: string[] = [];
  const prepare: typeof recordConnections = async (page) => {
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    await recordConnections(page);
  };
  const honest = await open({});
  await until(honest, hasPlayed(2), "an honest viewer plays");
  const tampered = await open({
    prepare: async (page) => {
      await prepare(page);
      await page.route("**/playlist.m3u8", async (route) => {
        const response = await route.fetch();
        // Each digest becomes that of the segment before.
        const text = (await response.text()).replaceAll(
          /SHA256:(.)/g,
          (_all, first) => `SHA256:${first === "A" ? "B" : "A"}`,
        );
        await route.fulfill({ response, body: text });
      });
    },
  });
  const stranger = await open({ prepare, nearcast: { publicKeys: [newKey().publicJwk] } });
  for (const [viewer, because] of [
    [tampered, "the playlist's signature is wrong"],
    [stranger, expect.stringMatching(/^there is no ES256 key \S+ in publicKeys$/)],
  ] as const) {
    const seen = await until(viewer, hasPlayed(8), "the viewer plays");
    expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers: 0, peers: 0 });
    expect(await openedConnections(viewer.page)).toEqual([]);
    const stats = await viewer.page.evaluate(() => window.viewer.hls.nearcast?.stats);
    expect(stats).toMatchObject({
      mode: { uses: "origin", because },
      cohort: "off",
      integrity: { policy: "required", state: { at: "unverified", because }, failures: 0 },
    });
  }
  expect(warnings.sort()).toEqual([
    "Nearcast plays from the origin alone: the playlist's signature is wrong.",
    expect.stringMatching(/^Nearcast plays from the origin alone: there is no ES256 key /),
  ]);
  expect(await honest.snapshot()).toMatchObject(UNDISTURBED);
});
