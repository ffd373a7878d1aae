import { expect, test } from "vitest";
import { describeStats } from "../../../demo/page/tiles.js";
import type { NearcastStats } from "../../../player/index.js";

const stats: NearcastStats = {
  session: "11111111-1111-4111-8111-111111111111",
  mode: { uses: "peers" },
  cohort: "p2p",
  bytes: {
    fromPeers: 3_000_000,
    fromOrigin: 1_000_000,
    uploaded: 2_500_000,
    rejected: 0,
    ahead: { fromPeers: 0, fromOrigin: 0 },
    wasted: { fromPeers: 0, fromOrigin: 0 },
  },
  segments: { fromPeers: 12, fromOrigin: 1 },
  offload: 0.754,
  peers: 2,
  peersRefused: 0,
  isTrackerConnected: true,
  firstPeerMs: 450,
  startupMs: 1_240,
  stalls: 0,
  stalledMs: 0,
  playedMs: 60_000,
  bufferS: 12.4,
  latencyS: 6.04,
  levelSwitches: 1,
  integrity: { policy: "required", state: { at: "verified" }, failures: 0, unverifiedBytes: 0 },
  storedBytes: 4_000_000,
};

function tiles(changes: Partial<NearcastStats> = {}, peerIds: readonly string[] = []) {
  const list = describeStats(
    { ...stats, ...changes },
    { peerIds, rate: { fromPeers: 30_000, fromOrigin: 12_500 } },
  );
  return Object.fromEntries(list.map(({ label, value, detail }) => [label, { value, detail }]));
}

test("a viewer with peers", () => {
  expect(tiles({}, ["-NC1S-00000000abcdef", "-NC1S-00000000ABCDEF"])).toEqual({
    Offload: { value: "75 %", detail: "Left to the origin: 1.0 MB, 100 kbit/s now" },
    "Peers connected": { value: "2", detail: "abcdef, ABCDEF" },
    "From peers": { value: "3.0 MB", detail: "12 segments" },
    "From the origin": { value: "1.0 MB", detail: "1 segment" },
    "Sent to peers": { value: "2.5 MB", detail: "" },
    Buffer: { value: "12 s", detail: "ahead of the playhead" },
    Latency: { value: "6.0 s", detail: "behind the live edge" },
    Startup: { value: "1.2 s", detail: "first peer: 450 ms" },
    Stalls: { value: "0", detail: "" },
    Mode: { value: "Peers", detail: "and the origin" },
  });
});

test.each<[string, Partial<NearcastStats>, string, { value: string; detail: string }]>([
  [
    "a recording has no latency",
    { latencyS: undefined },
    "Latency",
    { value: "–", detail: "not a live stream" },
  ],
  ["before the start", { startupMs: undefined }, "Startup", { value: "–", detail: "first peer: 450 ms" }],
  ["before the first peer", { firstPeerMs: undefined }, "Startup", { value: "1.2 s", detail: "" }],
  ["stalls", { stalls: 2, stalledMs: 730 }, "Stalls", { value: "2", detail: "730 ms in all" }],
  [
    "waste comes before counts",
    { bytes: { ...stats.bytes, wasted: { fromPeers: 5_000, fromOrigin: 0 } } },
    "From peers",
    { value: "3.0 MB", detail: "and 5 kB unused" },
  ],
  [
    "no segments yet",
    { segments: { fromPeers: 0, fromOrigin: 0 } },
    "From the origin",
    { value: "1.0 MB", detail: "" },
  ],
  [
    "the origin alone",
    { mode: { uses: "origin", because: "peers are switched off" } },
    "Mode",
    { value: "Origin only", detail: "peers are switched off" },
  ],
  [
    "without peers, none are looked for",
    { mode: { uses: "origin", because: "peers are switched off" }, peers: 0 },
    "Peers connected",
    { value: "0", detail: "" },
  ],
  ["nobody yet", { peers: 0 }, "Peers connected", { value: "0", detail: "none found yet" }],
])("%s", (_name, changes, label, tile) => {
  expect(tiles(changes)[label]).toEqual(tile);
});

test("six peers are named, the others counted", () => {
  const ids = Array.from({ length: 9 }, (_, index) => `-NC1S-0000000000000${index}`);
  expect(tiles({}, ids.slice(0, 6))["Peers connected"]?.detail).toBe(
    "000000, 000001, 000002, 000003, 000004, 000005",
  );
  expect(tiles({}, ids)["Peers connected"]?.detail).toMatch(/, 000005 and 3 more$/);
});

test("the same tiles stand in the same order whatever is known", () => {
  const labels = (changes: Partial<NearcastStats>) =>
    describeStats({ ...stats, ...changes }, { peerIds: [], rate: { fromPeers: 0, fromOrigin: 0 } }).map(
      ({ label, isWide }) => [label, isWide],
    );
  expect(
    labels({ mode: { uses: "origin", because: "" }, latencyS: undefined, startupMs: undefined, stalls: 3 }),
  ).toEqual(labels({}));
});
