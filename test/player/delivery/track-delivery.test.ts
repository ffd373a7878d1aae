import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../player/integrity/integrity.js";
import { UNKNOWN_ORIGIN } from "../../../player/policy/origin-time.js";
import { programmeSegment, programmeSegments, SEGMENT_S } from "../../support/programme-segments.js";
import { bytesOf, newPeerId, rival, SEGMENT_BYTES, TrackRoom } from "../../support/track-room.js";

/** A peer that downloads only: it is waited for, and never elected. */
const LEECH = newPeerId("leech", 7);
const SAFE_ORIGIN_MS = UNKNOWN_ORIGIN.meanMs + 4 * UNKNOWN_ORIGIN.deviationMs;

/** A viewer with one peer that is elected before it for the segments named, 0 to 3 unless said otherwise. */
function withElectedPeer(options: ConstructorParameters<typeof TrackRoom>[0] = {}, numbers = [0, 1, 2, 3]) {
  const room = new TrackRoom({ windowS: 8, ...options });
  const peer = rival(room, numbers, "before");
  room.track.peerConnected(peer);
  return { room, peer };
}

/** A viewer that hardly moves, whose buffer ends where segment `number` begins, the only one that is still missing. */
function electedFor(number: number): TrackRoom {
  const room = new TrackRoom({ playlist: programmeSegments(0, number) });
  room.track.peerConnected(LEECH);
  room.playhead = { positionS: 0, rate: 0.001, bufferedToS: number * SEGMENT_S };
  room.request(0);
  room.fetchOf(0).done();
  return room;
}

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
});

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

describe("what peers send", () => {
  const neighbour = newPeerId("seed", 1);
  const stranger = newPeerId("seed", 2);

  test("is handed over and announced only after it was checked", async () => {
    let settle: (verdict: Verdict) => void = () => {};
    const check = () =>
      new Promise<Verdict>((resolve) => {
        settle = resolve;
      });
    const room = new TrackRoom({ check });
    room.track.peerConnected(neighbour);
    const wish = room.request(0);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES);
    const kept = room.track.received(0, bytesOf(0));
    expect([wish.answers.length, room.arrived.length, room.store.bytes]).toEqual([0, 0, 0]);
    expect(room.swarmCalls).not.toContain("announce");
    settle("right");
    expect(await kept).toBe(true);
    expect(wish.answers).toMatchObject([{ source: "peer" }]);
    expect(room.arrived).toMatchObject([{ number: 0, source: "peer", peerId: neighbour }]);
  });

  test("and is wrong is thrown away, and the one who sent all of it is named and dropped", () => {
    const room = new TrackRoom({ check: () => "wrong" });
    room.track.peerConnected(stranger);
    const wish = room.request(0);
    room.track.transferStarted(0, stranger);
    room.track.transferMoved(stranger, SEGMENT_BYTES);
    expect(room.track.received(0, bytesOf(9))).toBe(false);
    expect(room.rejections).toMatchObject([{ polluter: stranger, bytes: SEGMENT_BYTES }]);
    expect([wish.answers.length, room.store.bytes, room.lostBytes]).toEqual([0, 0, 0]);
    room.track.transferEnded(stranger);
    room.track.peerClosed(stranger);
    room.play(1_000);
    expect(room.running).toContain(0);
  });

  test("in parts and is wrong is nobody's fault, and is asked for again", () => {
    const verdicts: Verdict[] = ["wrong", "right"];
    const room = new TrackRoom({ check: () => verdicts.shift() ?? "right" });
    for (const peer of [stranger, neighbour]) room.track.peerConnected(peer);
    room.request(0);
    room.track.transferStarted(0, stranger);
    room.track.transferMoved(stranger, SEGMENT_BYTES / 2);
    room.track.transferEnded(stranger);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES / 2);
    expect(room.track.received(0, bytesOf(9))).toBe(true);
    room.track.transferEnded(neighbour);
    expect(room.rejections).toMatchObject([{ polluter: undefined, bytes: SEGMENT_BYTES }]);
    expect(room.track.isWanted(0)).toBe(true);
    room.track.transferStarted(0, neighbour);
    room.deliver(0, neighbour);
    expect(room.arrived).toMatchObject([{ number: 0, peerId: neighbour }]);
  });

  test("after the origin was faster is counted as lost, whatever it was", async () => {
    const room = new TrackRoom({ check: async (): Promise<Verdict> => "right" });
    room.track.peerConnected(neighbour);
    const wish = room.request(0);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES);
    const kept = room.track.received(0, bytesOf(0));
    room.play(3_000);
    room.fetchOf(0).done();
    expect(await kept).toBe(true);
    expect(wish.answers).toHaveLength(1);
    expect(room.arrived).toMatchObject([{ source: "origin" }]);
    expect(room.lostBytes).toBe(SEGMENT_BYTES);
  });

  test("is not asked for where nothing vouches for it: the origin is, at once and without a prefetch", () => {
    const room = new TrackRoom({ mayShare: () => false });
    room.track.peerConnected(neighbour);
    expect(room.track.isWanted(0)).toBe(false);
    room.request(0);
    expect(room.running).toEqual([0]);
    room.play(2_000);
    expect(room.running).toEqual([0]);
  });
});

test("with verifyOrigin, what the origin sends is checked, too, and something else is a failure to load", async () => {
  const verdicts: Verdict[] = ["wrong", "right"];
  const room = new TrackRoom({ verifyOrigin: true, check: async () => verdicts.shift() ?? "right" });
  const first = room.request(0);
  room.fetchOf(0).done();
  await expect.poll(() => first.answers).toMatchObject([{ code: 0, text: "not what the playlist says" }]);
  expect(room.lostOriginBytes).toBe(SEGMENT_BYTES);
  const second = room.request(0);
  room.fetchOf(0).done();
  await expect.poll(() => second.answers).toMatchObject([{ source: "origin" }]);
});
