import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNKNOWN_ORIGIN } from "../../../player/policy/origin-time.js";
import { withElectedPeer } from "../../support/elected-room.js";
import { programmeSegment, programmeSegments } from "../../support/programme-segments.js";
import { newPeerId, rival, SEGMENT_BYTES, TrackRoom } from "../../support/track-room.js";

const _SAFE_ORIGIN_MS = UNKNOWN_ORIGIN.meanMs + 4 * UNKNOWN_ORIGIN.deviationMs;

describe("bytes of peers", () => {
  test("that the origin has overtaken are lost", () => {
    const { room, peer } = withElectedPeer();
    room.request(0);
    room.track.transferStarted(0, peer);
    room.track.transferMoved(peer, 300);
    room.fetchOf(0).done();
    expect(room.lostBytes).toBe(300);
  });

  test("of broken attempts are lost once the segment is whole; what went into it is not", () => {
    const { room, peer } = withElectedPeer();
    room.playhead.bufferedToS = 6;
    room.request(3);
    room.track.transferStarted(3, peer);
    room.track.transferMoved(peer, 400);
    room.track.transferEnded(peer);
    room.track.transferStarted(3, peer);
    room.deliver(3, peer);
    expect(room.lostBytes).toBe(400);
  });

  test("that another peer completed are not lost", () => {
    const { room, peer } = withElectedPeer();
    const other = rival(room, [3], "before", 1);
    room.playhead.bufferedToS = 6;
    room.request(3);
    room.track.transferStarted(3, peer);
    room.track.transferMoved(peer, 400);
    room.track.peerClosed(peer);
    room.track.transferStarted(3, other);
    room.deliver(3, other, SEGMENT_BYTES - 400);
    expect([room.lostBytes, room.arrived[0]?.peerId]).toEqual([0, other]);
  });

  test("of a segment that left the playlist are lost", () => {
    const { room, peer } = withElectedPeer();
    room.track.transferStarted(0, peer);
    room.track.transferMoved(peer, 250);
    room.setPlaylist(programmeSegments(1, 10));
    expect(room.lostBytes).toBe(250);
  });

  test("are lost when the track is closed before the segment is whole", () => {
    const { room, peer } = withElectedPeer();
    room.track.transferStarted(0, peer);
    room.track.transferMoved(peer, 250);
    room.track.close();
    expect(room.lostBytes).toBe(250);
  });

  test("that come in whole after the origin's are lost, and the segment is counted once", () => {
    const { room, peer } = withElectedPeer();
    room.request(0);
    room.track.transferStarted(0, peer);
    room.fetchOf(0).done();
    room.deliver(0, peer);
    expect(room.arrived.map(({ source }) => source)).toEqual(["origin"]);
    expect(room.lostBytes).toBe(SEGMENT_BYTES);
  });
});

const steps = fc.array(
  fc.record({
    do: fc.constantFrom(
      "request",
      "request",
      "cancel",
      "start",
      "move",
      "deliver",
      "break",
      "leave",
      "done",
      "done",
      "fail",
      "pass",
      "slide",
    ),
    number: fc.nat({ max: 14 }),
    peer: fc.nat({ max: 2 }),
    amount: fc.integer({ min: 1, max: 800 }),
  }),
  { maxLength: 60 },
);

test("whatever happens, no byte of a peer is counted twice or forgotten, and nobody is answered twice", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (list, isLive) => {
      const room = new TrackRoom({ isLive, windowS: 8, memoryLimitBytes: 5 * SEGMENT_BYTES });
      const peers = [1, 2, 3].map((index) => newPeerId("seed", index));
      const transfers = new Map<string, number>();
      const wishes: { number: number; wish: ReturnType<TrackRoom["request"]> }[] = [];
      let movedBytes = 0;
      let first = 0;
      const end = (peer: string) => {
        transfers.delete(peer);
        room.track.transferEnded(peer);
      };
      const isOpen = (number: number) =>
        number >= first && number <= first + 9 && !room.store.has(programmeSegment(number));
      for (const step of list) {
        const peer = peers[step.peer] as string;
        const number = transfers.get(peer);
        const isInPlaylist = step.number >= first && step.number <= first + 9;
        if (!room.track.peers.has(peer)) room.track.peerConnected(peer);
        if (step.do === "request" && isInPlaylist && !room.store.has(programmeSegment(step.number))) {
          wishes.push({ number: step.number, wish: room.request(step.number) });
        }
        if (step.do === "cancel") {
          const wanted = wishes.findLast((wish) => wish.number === step.number);
          if (wanted) room.track.cancel(programmeSegment(step.number), wanted.wish.receiver);
        }
        if (step.do === "start" && number === undefined && isOpen(step.number)) {
          if (![...transfers.values()].includes(step.number)) {
            transfers.set(peer, step.number);
            room.track.transferStarted(step.number, peer);
          }
        }
        if (step.do === "move" && number !== undefined) {
          room.track.transferMoved(peer, step.amount);
          movedBytes += step.amount;
        }
        if (step.do === "deliver" && number !== undefined) {
          movedBytes += SEGMENT_BYTES;
          room.deliver(number, peer);
          transfers.delete(peer);
        }
        if (step.do === "break") end(peer);
        if (step.do === "leave") {
          transfers.delete(peer);
          room.track.peerClosed(peer);
        }
        const fetched = room.running[step.number % Math.max(1, room.running.length)];
        if (step.do === "done" && fetched !== undefined) room.fetchOf(fetched).done();
        if (step.do === "fail" && fetched !== undefined) room.fetchOf(fetched).fail();
        if (step.do === "pass") room.play(step.amount);
        if (step.do === "slide") {
          first++;
          room.setPlaylist(programmeSegments(first, first + 9));
        }
        // A swarm ends the transfers of what is stored or unknown.
        for (const [busy, about] of [...transfers]) if (!isOpen(about)) end(busy);
        expect(room.running).toEqual([...new Set(room.running)]);
        expect(room.store.bytes).toBeLessThanOrEqual(5 * SEGMENT_BYTES);
      }
      for (const { number, wish } of wishes) room.track.cancel(programmeSegment(number), wish.receiver);
      for (const peer of [...transfers.keys()]) end(peer);
      room.setPlaylist(programmeSegments(1_000, 1_009));
      const usedBytes = room.arrived.filter(({ source }) => source === "peer").length * SEGMENT_BYTES;
      expect(usedBytes + room.lostBytes).toBe(movedBytes);
      for (const { wish } of wishes) expect(wish.answers.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 300 },
  );
});
