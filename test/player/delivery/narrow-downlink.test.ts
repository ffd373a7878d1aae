import { expect, test } from "vitest";
import { seedingRank } from "../../../player/policy/election.js";
import { mainTrack, programmeSegments } from "../../support/programme-segments.js";
import { newPeerId, rival, TrackRoom } from "../../support/track-room.js";

const NARROW = { bytesPerMs: 1, mediaBytesPerMs: 0.8 };
/** A peer that downloads only, so that this viewer is elected for everything. */
const LEECH = newPeerId("leech", 7);

/** Segment 1 is needed at once. */
const ALMOST_OUT = { positionS: 1.9, rate: 1, bufferedToS: 2 };

/** A viewer who hardly moves, with a peer that has had time to show what it has, and all up to segment 2 buffered. */
function viewer(downlink: typeof NARROW, peer = LEECH): TrackRoom {
  const room = new TrackRoom({ playlist: programmeSegments(0, 9) });
  room.playhead = { positionS: 0, rate: 0.001, bufferedToS: 6 };
  room.request(0);
  room.fetchOf(0).done();
  room.track.peerConnected(peer);
  room.downlink = downlink;
  return room;
}

test("an elected viewer fetches ahead one after the other, in the order of need", () => {
  const room = viewer(NARROW);
  room.play(2_500);
  expect(room.running).toEqual([3]);
  room.fetchOf(3).done();
  room.play(100);
  expect(room.running).toEqual([4]);
});

test("with a wide downlink it fetches two ahead at a time", () => {
  const room = viewer({ bytesPerMs: 100, mediaBytesPerMs: 1 });
  room.play(2_500);
  expect(room.running).toEqual([3, 4]);
});

test("nothing is fetched ahead while a peer sends", () => {
  const room = viewer(NARROW);
  room.track.transferStarted(5, LEECH);
  room.play(2_500);
  expect(room.running).toEqual([]);
  room.deliver(5, LEECH);
  room.play(100);
  expect(room.running).toEqual([3]);
});

test("a peer that leaves in the middle of a transfer does not stop the fetches", () => {
  const room = viewer(NARROW);
  room.track.transferStarted(5, LEECH);
  room.track.peerClosed(LEECH);
  room.track.peerConnected(newPeerId("leech", 8));
  room.play(2_500);
  expect(room.running).toEqual([3]);
});

test("what the player asks for is fetched whatever else comes in", () => {
  const room = viewer(NARROW);
  room.play(2_500);
  room.playhead = ALMOST_OUT;
  room.request(1);
  expect(room.running).toEqual([3, 1]);
});

test("peers are let send as many at a time as the downlink bears", () => {
  const room = viewer({ bytesPerMs: 2.5, mediaBytesPerMs: 1 });
  room.look();
  expect(room.simultaneous).toBe(2);
});

test("while the origin sends, peers begin nothing, and go on with what they have begun", () => {
  const room = viewer(NARROW);
  room.playhead = ALMOST_OUT;
  room.track.transferStarted(4, LEECH);
  room.request(1);
  expect(room.running).toEqual([1]);
  expect([4, 5, 6].filter((number) => room.track.isWanted(number))).toEqual([4]);
});

test("a transfer that the origin overtakes is given up: the two would hold each other up", () => {
  const room = viewer(NARROW, rival(new TrackRoom(), [1, 2, 3], "before"));
  const [peer] = room.track.peers;
  room.playhead = ALMOST_OUT;
  room.track.transferStarted(1, peer as string);
  room.request(1);
  expect(room.running).toEqual([1]);
  expect(room.swarmCalls).toContain("release 1");
  expect(room.track.isWanted(1)).toBe(false);
});

test("a later segment is not fetched ahead of one that is waited for", () => {
  const peer = rival(new TrackRoom(), [3], "before");
  const room = viewer(NARROW, peer);
  const isElectedFor = (number: number) =>
    seedingRank(`${mainTrack.fingerprint}/${number}`, room.self, [peer]) === 0;
  expect([4, 5, 6, 7].some(isElectedFor)).toBe(true);
  room.play(2_500);
  expect(room.running).toEqual([]);
  room.track.transferStarted(3, peer);
  room.deliver(3, peer);
  room.play(100);
  expect(room.running.length).toBeLessThanOrEqual(1);
});

test("peers begin only what is needed next, however much they have", () => {
  const room = viewer(NARROW, rival(new TrackRoom(), [1, 2, 3], "before"));
  const wanted = () => [4, 5, 6].filter((number) => room.track.isWanted(number));
  room.playhead.bufferedToS = 8;
  room.look();
  expect(wanted()).toEqual([4]);
  const [peer = ""] = room.track.peers;
  room.track.transferStarted(4, peer);
  room.deliver(4, peer);
  expect(wanted()).toEqual([5]);
});

test("peers begin nothing that the origin has no time to make good for", () => {
  const room = viewer(NARROW, rival(new TrackRoom(), [1, 2, 3], "before"));
  room.playhead = { positionS: 1.5, rate: 1, bufferedToS: 2 };
  expect(room.track.isWanted(1)).toBe(false);
  room.playhead = { positionS: 1.5, rate: 0, bufferedToS: 2 };
  expect(room.track.isWanted(1)).toBe(false);
  room.downlink = { bytesPerMs: 100, mediaBytesPerMs: 1 };
  expect(room.track.isWanted(1)).toBe(true);
});

test("a viewer uploads nothing while playback waits for the origin on its narrow downlink", () => {
  const room = viewer(NARROW);
  expect(room.track.isPressed).toBe(false);
  room.playhead = ALMOST_OUT;
  room.request(1);
  expect(room.track.isPressed).toBe(true);
  room.fetchOf(1).done();
  expect(room.track.isPressed).toBe(false);
});
