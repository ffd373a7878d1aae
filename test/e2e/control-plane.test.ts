import { expect, test } from "vitest";
import { parseStreamName } from "../../player/protocol/index.js";
import { createTracker } from "../../tracker/index.js";
import { postReport, reportOf } from "../support/tracker-reports.js";
import { hasPlayed, openTheatre, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** Peers that this page has connected to, in this order. */
    met: string[];
    lost: string[];
  }
}

const adminToken = "an-operators-secret";

test("the tracker's base address is enough; the operator switches peers off and on while viewers watch", async () => {
  await using tracker = createTracker({ port: 0, adminToken, reportIntervalS: 1 });
  const { port } = await tracker.listen();
  const base = `http://127.0.0.1:${port}`;
  await using theatre = await openTheatre();
  const setPolicy = async (policy: object) => {
    const response = await fetch(`${base}/policy/live`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      body: JSON.stringify(policy),
    });
    expect(response.status).toBeLessThan(300);
  };
  const sockets = async () => {
    const [, count] = /^nearcast_tracker_sockets (\d+)/m.exec(
      await (await fetch(`${base}/metrics`)).text(),
    ) ?? [undefined, "none"];
    return Number(count);
  };
  const viewers = [
    await theatre.open("live", { tracker: base }),
    await theatre.open("live", { tracker: base }),
  ];

  for (const viewer of viewers) {
    await until(viewer, ({ peers, fromPeers }) => peers === 1 && fromPeers > 0, "a peer that delivers");
  }
  expect(await sockets()).toBeGreaterThan(0);

  await setPolicy({ p2p: false });
  for (const viewer of viewers) {
    const off = await until(viewer, ({ peers }) => peers === 0, "no peers any more");
    await until(viewer, hasPlayed(off.playedMs / 1000 + 3), "playback that goes on");
  }
  expect(await sockets()).toBe(0);

  await setPolicy({ p2p: true });
  for (const viewer of viewers) {
    expect(await until(viewer, ({ peers }) => peers === 1, "a peer again")).toMatchObject(UNDISTURBED);
  }
});

test("a peer that others have complained about is let go, and does not come back under its name", async () => {
  await using tracker = createTracker({ port: 0, quarantineQuorum: 1, reportIntervalS: 1 });
  const { port } = await tracker.listen();
  const base = `http://127.0.0.1:${port}`;
  await using theatre = await openTheatre();
  const first = await theatre.open("live", { tracker: base });
  await until(first, hasPlayed(1), "the first viewer plays");
  await first.page.evaluate(() => {
    window.met = [];
    window.lost = [];
    const { nearcast } = window.viewer.hls;
    nearcast?.addEventListener("peerconnected", ({ detail }) => window.met.push(detail.peerId));
    nearcast?.addEventListener("peerdisconnected", ({ detail }) => window.lost.push(detail.peerId));
  });
  const second = await theatre.open("live", { tracker: base });
  await until(first, ({ peers }) => peers === 1, "they meet");
  const [peer = "none"] = await first.page.evaluate(() => window.met);
  await postReport(
    base,
    reportOf("somebody-else", {
      stream: parseStreamName("live"),
      integrity: { failures: 1, peers: [{ peer, segments: 1 }] },
    }),
  );
  await expect.poll(() => first.page.evaluate(() => window.lost), { timeout: 10_000 }).toContain(peer);
  for (const viewer of [first, second]) {
    const { playedMs } = await viewer.snapshot();
    const seen = await until(viewer, hasPlayed(playedMs / 1000 + 3), "playback goes on");
    expect(seen).toMatchObject(UNDISTURBED);
  }
  const met = await first.page.evaluate(() => window.met);
  expect(met.filter((id) => id === peer)).toHaveLength(1);
});
