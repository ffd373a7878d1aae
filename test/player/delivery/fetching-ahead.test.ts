import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNKNOWN_ORIGIN } from "../../../player/policy/origin-time.js";
import { electedFor, LEECH, withElectedPeer } from "../../support/elected-room.js";
import { programmeSegment, programmeSegments, SEGMENT_S } from "../../support/programme-segments.js";
import { SEGMENT_BYTES, TrackRoom } from "../../support/track-room.js";

const _SAFE_ORIGIN_MS = UNKNOWN_ORIGIN.meanMs + 4 * UNKNOWN_ORIGIN.deviationMs;

describe("fetching ahead", () => {
  test("stays between the buffer's end and the window's, after the first request, two at a time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 5, max: 30 }),
        (first, bufferedS, windowS) => {
          const room = new TrackRoom({ playlist: programmeSegments(0, 40), windowS });
          room.track.peerConnected(LEECH);
          room.playhead.positionS = first * SEGMENT_S;
          room.request(first);
          room.fetchOf(first).done();
          room.playhead.bufferedToS = room.playhead.positionS + bufferedS;
          const before = room.fetches.length;
          for (let round = 0; round < 30; round++) {
            room.clock.advance(500);
            expect(room.running.length).toBeLessThanOrEqual(2);
            for (const number of room.running) room.fetchOf(number).done();
          }
          const { positionS, bufferedToS } = room.playhead;
          const expected = room.track.segments.filter(
            ({ number, startS, endS }) =>
              number > first && endS > bufferedToS && startS < positionS + windowS,
          );
          const fetched = room.fetches.slice(before).map(({ number }) => number);
          expect([...fetched].sort((a, b) => a - b)).toEqual(expected.map(({ number }) => number));
        },
      ),
      { numRuns: 50 },
    );
  });

  test("is left to the peer that is elected, and to nobody but it", () => {
    const { room } = withElectedPeer({ windowS: 6 });
    room.request(0);
    room.fetchOf(0).done();
    room.playhead.rate = 0.001;
    room.play(1_000);
    expect(room.running).toEqual([]);
  });

  test.each([
    ["before playback was asked for", (room: TrackRoom) => room.look()],
    [
      "while playback is paused",
      (room: TrackRoom) => {
        room.request(0);
        room.fetchOf(0).done();
        room.playhead.rate = 0;
      },
    ],
  ])("does not happen %s", (_name, prepare) => {
    const room = new TrackRoom();
    room.track.peerConnected(LEECH);
    prepare(room);
    room.play(10_000);
    expect(room.running).toEqual([]);
  });

  test("does not happen where this viewer may not seed", () => {
    const room = new TrackRoom({ maySeed: false });
    room.track.peerConnected(LEECH);
    room.request(0);
    room.fetchOf(0).done();
    room.play(10_000);
    expect(room.fetches.map(({ number }) => number)).toEqual([0]);
  });

  test("waits until new peers have shown what they have", () => {
    const room = electedFor(1);
    const connectedAtMs = room.clock.now();
    room.play(3_000);
    expect(room.fetchOf(1).startedAtMs - connectedAtMs).toBeGreaterThanOrEqual(1_500);
  });

  test("a segment that appears later is fetched by the elected one as soon as others had time to show it", () => {
    const room = new TrackRoom({ playlist: programmeSegments(0, 2) });
    room.track.peerConnected(LEECH);
    room.playhead = { positionS: 0, rate: 0.001, bufferedToS: 6 };
    room.request(0);
    room.fetchOf(0).done();
    room.play(5_000);
    room.setPlaylist(programmeSegments(0, 3));
    const appearedAtMs = room.clock.now();
    room.play(1_000);
    expect(room.fetchOf(3).startedAtMs - appearedAtMs).toBe(80);
  });

  test("peers are asked for what is within the window, and for what is requested wherever it is", () => {
    const room = new TrackRoom({ windowS: 3 * SEGMENT_S, playlist: programmeSegments(0, 99) });
    room.track.peerConnected(LEECH);
    room.request(0);
    expect([1, 2, 3, 98].map((number) => room.track.isWanted(number))).toEqual([true, true, false, false]);
    room.request(98);
    expect(room.track.isWanted(98)).toBe(true);
  });

  test("a segment that the store had no room for is not fetched again and again", () => {
    const room = new TrackRoom({ memoryLimitBytes: 3 * SEGMENT_BYTES, windowS: 20 });
    room.track.peerConnected(LEECH);
    room.playhead = { positionS: 0, rate: 0.001, bufferedToS: SEGMENT_S };
    room.request(0);
    for (let round = 0; round < 60; round++) {
      for (const number of room.running) room.fetchOf(number).done();
      room.clock.advance(500);
    }
    const fetched = room.fetches.map(({ number }) => number);
    expect(fetched).toEqual([...new Set(fetched)]);
  });

  test.each([1, 2, 3, 5, 8])(
    "a store of %i segments never loses one before it is played, whatever was fetched ahead of its time",
    (segments) => {
      const room = new TrackRoom({
        playlist: programmeSegments(0, 29),
        memoryLimitBytes: segments * SEGMENT_BYTES,
        windowS: 20,
      });
      room.track.peerConnected(LEECH);
      let next = 0;
      while (next < 30) {
        const { positionS, bufferedToS } = room.playhead;
        if (bufferedToS - positionS < 2 * SEGMENT_S) {
          if (!room.store.has(room.segment(next))) {
            room.request(next);
            if (room.running.includes(next)) room.fetchOf(next).done();
          }
          next++;
          room.playhead.bufferedToS += SEGMENT_S;
        }
        for (const number of room.running) room.fetchOf(number).done();
        room.play(500);
      }
      const fetched = room.fetches.map(({ number }) => number);
      expect(fetched.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, number) => number));
    },
  );
});

describe("the playlist", () => {
  test("what is not in it is not taken", () => {
    const { room, peer } = withElectedPeer();
    room.track.transferStarted(99, peer);
    room.deliver(99, peer);
    expect([room.arrived, room.store.bytes, room.lostBytes]).toEqual([[], 0, 0]);
    expect(room.track.isWanted(99)).toBe(false);
  });

  test("a fetch ends when its segment leaves, unless the player waits for it", () => {
    const room = new TrackRoom({ windowS: 8 });
    room.track.peerConnected(LEECH);
    const wish = room.request(0);
    room.play(3_000);
    expect(room.running).toContain(0);
    const ahead = room.running.find((number) => number > 0) as number;
    room.setPlaylist(programmeSegments(ahead + 1, ahead + 10));
    expect(room.fetchOf(ahead).state).toBe("aborted");
    room.fetchOf(0).done();
    expect(wish.answers).toHaveLength(1);
  });

  test("a live track forgets what ended 10 s before the playlist's beginning, and offers the rest", () => {
    const room = new TrackRoom();
    for (const number of [0, 1, 2, 3]) {
      room.request(number);
      room.fetchOf(number).done();
    }
    room.setPlaylist(programmeSegments(7, 16));
    expect([...room.store.segmentsOf("main:720p")].map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(room.known).toEqual([1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  });

  test("a recording keeps what was played", () => {
    const room = new TrackRoom({ isLive: false, playlist: programmeSegments(0, 50) });
    room.request(0);
    room.fetchOf(0).done();
    room.setPlaylist(programmeSegments(40, 50));
    expect(room.store.has(programmeSegment(0))).toBe(true);
  });
});
