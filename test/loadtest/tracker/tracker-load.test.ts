import { expect, test } from "vitest";
import { loadTracker, type TrackerLoad } from "../../../loadtest/tracker/tracker-load.js";
import { createTracker } from "../../../tracker/index.js";
import { runCommand } from "../../support/command.js";

const load: Omit<TrackerLoad, "url"> = {
  sockets: 6,
  swarmSize: 3,
  offers: 2,
  announcesPerSecond: 20,
  seconds: 1,
  sdpBytes: 1_800,
  pid: process.pid,
};

async function run(changes: Partial<TrackerLoad> = {}, settings: Parameters<typeof createTracker>[0] = {}) {
  const tracker = createTracker({ port: 0, ...settings });
  const { url } = await tracker.listen();
  try {
    return await loadTracker({ ...load, url, ...changes }, new AbortController().signal);
  } finally {
    await tracker.close();
  }
}

test("offers reach others and come back as answers, and every one is timed", async () => {
  const result = await run();
  expect(result).toMatchObject({ connected: 6, connectFailures: 0, lost: 0, refusals: {}, isPartial: false });
  expect(result.announcesAnswered).toBe(result.announcesSent);
  // Each viewer has two others to offer to.
  expect(result.offersAnswered).toBe(result.announcesSent * 2);
  expect(result.relayMs?.p50).toBeLessThanOrEqual(result.relayMs?.max ?? 0);
  expect(result.trackerResidentMiB).toBeGreaterThan(0);
});

test("what a tracker refuses is counted in its own words", async () => {
  const { refusals, offersAnswered } = await run({ offers: 4 }, { maxOffersPerAnnounce: 3 });
  expect(offersAnswered).toBe(0);
  expect(Object.keys(refusals).join()).toMatch(/offers/);
});

test("nobody there is an error that names the address", async () => {
  const args = ["tracker", "--url", "ws://127.0.0.1:9/", "--sockets", "2", "--seconds", "1"];
  const { code, stderr } = await runCommand("loadtest/cli.js", args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^nearcast-loadtest: no connection to ws:\/\/127\.0\.0\.1:9\/: [^\n]+\n$/);
});

test.each([
  [["--url", "http://a/"], "--url"],
  [["--pid", "1"], "--pid"],
  [["--sockets", "1"], "--sockets"],
  [["--start", "other"], "nearcast, stock"],
])(
  "%j is refused in one sentence",
  async (args, message) => {
    const { code, stderr } = await runCommand("loadtest/cli.js", ["tracker", ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nearcast-loadtest: [^\n]+\n$/);
    expect(stderr).toContain(message);
  },
  30_000,
);
