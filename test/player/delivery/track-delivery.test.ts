import { describe, expect, test } from "vitest";
import { UNKNOWN_ORIGIN } from "../../../player/policy/origin-time.js";
import { electedFor, withElectedPeer } from "../../support/elected-room.js";
import { programmeSegment, SEGMENT_S } from "../../support/programme-segments.js";
import { bytesOf, SEGMENT_BYTES, TrackRoom } from "../../support/track-room.js";

const SAFE_ORIGIN_MS = UNKNOWN_ORIGIN.meanMs + 4 * UNKNOWN_ORIGIN.deviationMs;

describe("without peers", () => {
  test("what the player asks for comes from the origin at once", () => {
    const room = new TrackRoom();
    const wish = room.request(0);
    expect(room.running).toEqual([0]);
    room.fetchOf(0).done();
    expect(wish.answers).toEqual([{ data: bytesOf(0), source: "origin" }]);
    expect(room.arrived).toEqual([{ number: 0, source: "origin", peerId: undefined, bytes: SEGMENT_BYTES }]);
  });

  test("nothing is fetched ahead", () => {
    const room = new TrackRoom();
    room.request(0);
    room.play(5_000);
    expect(room.fetches.map(({ number }) => number)).toEqual([0]);
  });

  test("a viewer who has just joined waits for a first peer as long as its buffer allows, at most 2 s", () => {
    const room = new TrackRoom({ joinedAgoMs: 0 });
    room.playhead = { positionS: 0, rate: 1, bufferedToS: 14 };
    const joinedAtMs = room.clock.now();
    room.request(7);
    expect(room.running).toEqual([]);
    room.play(3_000);
    expect(room.fetchOf(7).startedAtMs - joinedAtMs).toBeGreaterThanOrEqual(2_000);
    expect(room.fetchOf(7).startedAtMs - joinedAtMs).toBeLessThanOrEqual(2_500);
  });

  test("a viewer who has just joined waits for nobody once it is known that nobody is there", () => {
    const room = new TrackRoom({ joinedAgoMs: 0 });
    room.playhead = { positionS: 0, rate: 1, bufferedToS: 14 };
    room.request(7);
    expect(room.running).toEqual([]);
    room.isAlone = true;
    room.look();
    expect(room.running).toEqual([7]);
  });

  test("the first segment is not waited for, even by who has just joined", () => {
    const room = new TrackRoom({ joinedAgoMs: 0 });
    room.request(0);
    expect(room.running).toEqual([0]);
  });
});

describe("requests", () => {
  test("a segment that a peer delivers answers the player's request", () => {
    const { room, peer } = withElectedPeer();
    room.playhead.bufferedToS = 6;
    const wish = room.request(3);
    room.track.transferStarted(3, peer);
    room.deliver(3, peer);
    expect(wish.answers).toEqual([{ data: bytesOf(3), source: "peer" }]);
    expect(room.arrived).toEqual([{ number: 3, source: "peer", peerId: peer, bytes: SEGMENT_BYTES }]);
    expect(room.fetches).toEqual([]);
    expect(room.swarmCalls.slice(-2).sort()).toEqual(["announce", "release 3"]);
  });

  test("a peer's segment ends the fetch that runs for it", () => {
    const { room, peer } = withElectedPeer();
    const wish = room.request(0);
    expect(room.running).toEqual([0]);
    room.track.transferStarted(0, peer);
    room.deliver(0, peer);
    expect(room.fetchOf(0).state).toBe("aborted");
    expect(wish.answers).toEqual([{ data: bytesOf(0), source: "peer" }]);
  });

  test("the player may take its buffer away", () => {
    const room = new TrackRoom();
    const wish = room.request(0);
    room.fetchOf(0).done();
    const answer = wish.answers[0];
    if (!answer || !("data" in answer)) throw new Error("no data");
    structuredClone(answer.data, { transfer: [answer.data] });
    expect(room.store.copy(programmeSegment(0))).toEqual(bytesOf(0));
  });

  test("the player gets its segment though the store has no room for it", () => {
    const room = new TrackRoom({ memoryLimitBytes: SEGMENT_BYTES - 1 });
    const wish = room.request(0);
    room.fetchOf(0).done();
    expect(wish.answers).toEqual([{ data: bytesOf(0), source: "origin" }]);
    expect(room.store.bytes).toBe(0);
  });

  test("when no peer delivers, the origin is asked before the segment is needed", () => {
    const { room } = withElectedPeer();
    const askedAtMs = room.clock.now();
    room.playhead.bufferedToS = 6;
    room.request(3);
    room.play(6_000);
    const { startedAtMs } = room.fetchOf(3);
    expect(startedAtMs - askedAtMs).toBeGreaterThan(0);
    expect(startedAtMs - askedAtMs).toBeLessThanOrEqual(6_000 - SAFE_ORIGIN_MS);
  });

  test("what comes behind a hole is needed when playback gets to the hole", () => {
    const { room } = withElectedPeer();
    const askedAtMs = room.clock.now();
    room.playhead.bufferedToS = 4;
    room.request(3);
    room.play(4_000);
    expect(room.fetchOf(3).startedAtMs - askedAtMs).toBeLessThanOrEqual(4_000 - SAFE_ORIGIN_MS);
  });

  test("where playback already waits, peers that have nothing to show are not waited for", () => {
    const { room } = withElectedPeer();
    room.request(0);
    expect(room.running).toEqual([0]);
  });

  test("a peer that falls silent is not waited for", () => {
    const { room, peer } = withElectedPeer();
    room.playhead.bufferedToS = 4;
    const askedAtMs = room.clock.now();
    room.request(2);
    room.track.transferStarted(2, peer);
    room.track.transferMoved(peer, 10);
    room.play(4_000);
    expect(room.fetchOf(2).startedAtMs - askedAtMs).toBeLessThanOrEqual(4_000 - UNKNOWN_ORIGIN.meanMs);
  });

  test.each([
    ["nothing has come in one and a half seconds", 1_500, 0, true],
    ["nothing has come in a second", 1_000, 0, false],
    ["a little more than nothing has come", 4_000, 16_383, true],
    ["a little has come, as over a slow uplink", 4_000, 16_384, false],
  ])(
    "a peer whose transfers the origin overtakes when %s is let go: after %i ms with %i bytes, %s",
    (_what, runningMs, bytes, isLetGo) => {
      const { room, peer } = withElectedPeer();
      for (let number = 1; number < 6; number++) {
        room.track.transferStarted(number, peer);
        if (bytes > 0) room.track.transferMoved(peer, bytes);
        room.clock.advance(runningMs);
        room.track.transferEnded(peer, "aborted");
      }
      expect(room.dropped.length > 0).toBe(isLetGo);
    },
  );

  test("when its last peer leaves, a waiting request goes to the origin within half a second", () => {
    const { room, peer } = withElectedPeer();
    room.playhead.bufferedToS = 6;
    room.request(3);
    expect(room.running).toEqual([]);
    room.track.peerClosed(peer);
    room.play(500);
    expect(room.running).toEqual([3]);
  });

  test("the fetch that runs for a request is told on request", () => {
    const room = new TrackRoom();
    expect(room.track.progress(programmeSegment(0))).toBeUndefined();
    room.request(0);
    expect(room.track.progress(programmeSegment(0))).toMatchObject({ startedAtMs: room.clock.now() });
    room.fetchOf(0).done();
    expect(room.track.progress(programmeSegment(0))).toBeUndefined();
  });
});

describe("cancelling", () => {
  test("a fetch for a request that is given up is aborted", () => {
    const room = new TrackRoom();
    const wish = room.request(0);
    room.track.cancel(programmeSegment(0), wish.receiver);
    expect(room.fetchOf(0).state).toBe("aborted");
    expect(room.swarmCalls).toContain("release 0");
    room.play(5_000);
    expect([wish.answers, room.running]).toEqual([[], []]);
  });

  test.each([
    ["late beyond doubt is given up", 0.01, true],
    ["nearly in time goes on", 0.6, false],
  ])("a transfer that is %s", (_what, share, isGivenUp) => {
    const { room, peer } = withElectedPeer();
    room.request(0);
    room.fetchOf(0).done();
    room.playhead.bufferedToS = SEGMENT_S;
    room.track.transferStarted(1, peer);
    for (let moved = 0; moved < 12; moved++) {
      room.track.transferMoved(peer, (share * SEGMENT_BYTES) / 12);
      room.play(100);
    }
    expect(room.swarmCalls.includes("release 1")).toBe(isGivenUp);
  });

  test("a fetch for the others goes on", () => {
    const room = electedFor(1);
    room.play(2_000);
    const wish = room.request(1);
    room.track.cancel(programmeSegment(1), wish.receiver);
    expect(room.running).toEqual([1]);
    room.fetchOf(1).done();
    expect(wish.answers).toEqual([]);
    expect(room.store.has(programmeSegment(1))).toBe(true);
  });

  test("who asked before cannot cancel for who asks now", () => {
    const room = new TrackRoom();
    const first = room.request(0);
    const second = room.request(0);
    room.track.cancel(programmeSegment(0), first.receiver);
    expect(room.running).toEqual([0]);
    room.fetchOf(0).done();
    expect([first.answers.length, second.answers.length]).toEqual([0, 1]);
  });

  test("closing ends every fetch", () => {
    const room = new TrackRoom();
    const wish = room.request(0);
    room.track.close();
    room.play(5_000);
    expect([room.fetchOf(0).state, room.running, wish.answers]).toEqual(["aborted", [], []]);
  });
});

describe("failures", () => {
  test("the player learns of the origin's failure, and may ask again", () => {
    const room = new TrackRoom();
    const wish = room.request(0);
    room.fetchOf(0).fail({ code: 404, text: "Not Found" });
    expect(wish.answers).toEqual([{ code: 404, text: "Not Found", isTimeout: false }]);
    expect(room.running).toEqual([]);
    const again = room.request(0);
    room.fetchOf(0).done();
    expect(again.answers).toEqual([{ data: bytesOf(0), source: "origin" }]);
    expect(wish.answers).toHaveLength(1);
  });

  test("after a failure the elected one leaves the segment alone for 4 s", () => {
    const room = electedFor(1);
    room.play(2_000);
    room.fetchOf(1).fail();
    const failedAtMs = room.clock.now();
    room.play(8_000);
    expect(room.running).toEqual([1]);
    expect(room.fetchOf(1).startedAtMs - failedAtMs).toBeGreaterThanOrEqual(4_000);
    expect(room.fetchOf(1).startedAtMs - failedAtMs).toBeLessThanOrEqual(4_500);
  });
});
