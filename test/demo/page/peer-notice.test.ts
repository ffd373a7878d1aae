import { expect, test } from "vitest";
import { type PeerSituation, peerNotice } from "../../../demo/page/peer-notice.js";

const fine: PeerSituation = {
  mode: { uses: "peers" },
  playsNatively: false,
  peers: 3,
  trackerFailedAt: undefined,
};

test.each<[string, Partial<PeerSituation>, string | undefined]>([
  ["all is well", {}, undefined],
  ["no peers yet is no trouble", { peers: 0 }, undefined],
  ["the player has not begun", { mode: undefined, peers: 0 }, undefined],
  [
    "the browser plays by itself",
    { mode: undefined, playsNatively: true, trackerFailedAt: "12:00" },
    "This browser plays HLS by itself: everything comes from the origin, uncounted.",
  ],
  [
    "peers are not used",
    { mode: { uses: "origin", because: "this browser has no WebRTC" }, trackerFailedAt: "12:00" },
    "Everything comes from the origin: this browser has no WebRTC.",
  ],
  [
    "the tracker is away, peers are there",
    { trackerFailedAt: "12:00:05" },
    "The tracker could not be reached at 12:00:05; the player tries again by itself. The peers found before stay.",
  ],
  [
    "the tracker is away, nobody is there",
    { trackerFailedAt: "12:00:05", peers: 0 },
    "The tracker could not be reached at 12:00:05; the player tries again by itself. Until it finds peers, everything comes from the origin.",
  ],
])("%s", (_name, changes, notice) => {
  expect(peerNotice({ ...fine, ...changes })).toBe(notice);
});
