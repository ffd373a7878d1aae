import { expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { hasPlayed, openTheatre, UNDISTURBED, until } from "../support/viewers.js";

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
