import fc from "fast-check";
import { expect, test } from "vitest";
import { UploadDesk } from "../../../player/delivery/upload-desk.js";
import { MAX_UPLOADS } from "../../../player/policy/upload-admission.js";
import { ManualClock } from "../../support/manual-clock.js";

const SEGMENT_BYTES = 250_000;
const SEGMENT_MS = 2_000;
const BUFFER_MS = 10_000;
const MESSAGE_BYTES = 16 * 1024;
const CHANNEL_BUFFER_BYTES = 64 * 1024;

function open(guessBytesPerMs?: () => number) {
  const clock = new ManualClock();
  let freed = 0;
  const buffered = new Map<string, number>();
  const told: boolean[] = [];
  const desk: UploadDesk = new UploadDesk({
    clock,
    onFree: () => freed++,
    ...(guessBytesPerMs && { guessBytesPerMs }),
    bufferedTo: (peerId) => buffered.get(peerId) ?? 0,
    onUseless: () => told.push(desk.isUseless),
  });
  return {
    clock,
    desk,
    /** Bytes that data channels hold, by peer. */
    buffered,
    /** What was told of the uplink: whether it is useless. */
    told,
    get freed() {
      return freed;
    },
    /** A peer asks, and where it may, its first bytes go out at once. */
    start(peerId: string, { bytes = SEGMENT_BYTES, bufferMs = BUFFER_MS } = {}): boolean {
      const mayHave = desk.ask(bytes, SEGMENT_MS, bufferMs);
      if (mayHave) desk.moved(peerId, 0);
      clock.advance(0);
      return mayHave;
    },
    /** Uploads with a steady pace until all is handed over; there is always something that waits for the uplink. */
    send(peerId: string, bytes: number, bytesPerMs: number): void {
      const others = buffered.get(peerId) ?? 0;
      for (let rest = bytes; rest > 0; rest -= MESSAGE_BYTES) {
        const message = Math.min(rest, MESSAGE_BYTES);
        buffered.set(peerId, others + message);
        clock.advance(message / bytesPerMs);
        buffered.set(peerId, others);
        desk.moved(peerId, message);
      }
    },
  };
}

test("a single upload runs while the uplink is unknown", () => {
  const { start } = open();
  expect([start("a"), start("b")]).toEqual([true, false]);
});

test("two receivers' slow uploads tell of a narrow uplink, though nobody waited for them to the end", () => {
  const room = open();
  for (const peerId of ["a", "b"]) {
    expect([room.start(peerId), room.desk.isUseless]).toEqual([true, false]);
    room.send(peerId, SEGMENT_BYTES / 2, 30);
    room.clock.advance(6_000);
  }
  expect(room.desk.bytesPerMs).toBeLessThan(SEGMENT_BYTES / SEGMENT_MS / 2);
  expect([room.start("c"), room.desk.isUseless]).toEqual([false, true]);
});

test("one receiver that is slow does not make the uplink narrow", () => {
  const room = open();
  room.start("slow");
  room.send("slow", SEGMENT_BYTES, 30);
  room.clock.advance(6_000);
  expect(room.start("quick")).toBe(true);
  room.send("quick", SEGMENT_BYTES, 500);
  room.clock.advance(6_000);
  expect(room.desk.bytesPerMs).toBeGreaterThan(SEGMENT_BYTES / SEGMENT_MS);
  expect([room.start("next"), room.desk.isUseless]).toEqual([true, false]);
});

test("slow neighbours do not make a wide uplink narrow", () => {
  const room = open(() => 30);
  room.start("a");
  room.send("a", SEGMENT_BYTES, 2_000);
  room.clock.advance(10_000);
  expect([room.start("b"), room.desk.isUseless]).toEqual([true, false]);
});

test("where there is one receiver only, three slow uploads tell of a narrow uplink", () => {
  const room = open();
  for (let uploads = 0; uploads < 3; uploads++) {
    expect(room.start("only")).toBe(true);
    room.send("only", SEGMENT_BYTES, 30);
    room.clock.advance(6_000);
  }
  expect([room.start("only"), room.desk.isUseless]).toEqual([false, true]);
});

/** So many uploads, each to another peer, that are much slower than the stream. */
function uploadSlowly(room: ReturnType<typeof open>, uploads: number): void {
  for (let upload = 0; upload < uploads; upload++) {
    const peerId = `slow ${upload}`;
    expect(room.start(peerId)).toBe(true);
    room.send(peerId, SEGMENT_BYTES, 30);
    room.clock.advance(6_000);
  }
  expect([room.start("next"), room.desk.isUseless]).toEqual([false, true]);
}

test("a narrow uplink is tried again after half a minute, and used if it has become wider", () => {
  const room = open();
  uploadSlowly(room, 2);
  room.clock.advance(29_000);
  expect([room.start("early"), room.told]).toEqual([false, [true]]);
  room.clock.advance(1_000);
  expect(room.told).toEqual([true, false]);
  expect([room.start("e"), room.start("f")]).toEqual([true, false]);
  room.send("e", SEGMENT_BYTES, 500);
  room.clock.advance(1_000);
  expect(room.start("g")).toBe(true);
});

test("an uplink that stays narrow is tried with one upload, ever more rarely", () => {
  const room = open();
  uploadSlowly(room, 2);
  room.clock.advance(30_000);
  for (const seconds of [60, 120, 240, 300, 300]) {
    uploadSlowly(room, 1);
    room.clock.advance(seconds * 1000 - 1);
    expect([room.start("early"), room.desk.isUseless]).toEqual([false, true]);
    room.clock.advance(1);
    expect(room.desk.isUseless).toBe(false);
  }
});

test("once two receivers have found an uplink good, one slow one does not condemn it, and doubts begin anew", () => {
  const room = open();
  uploadSlowly(room, 2);
  room.clock.advance(30_000);
  for (const peerId of ["a", "b"]) {
    room.start(peerId);
    room.send(peerId, SEGMENT_BYTES, 500);
    room.clock.advance(1_000);
  }
  expect(room.start("c")).toBe(true);
  room.clock.advance(5 * 60_000);
  uploadSlowly(room, 2);
  room.clock.advance(30_000);
  expect(room.desk.isUseless).toBe(false);
});

test("an upload that was cut off at once holds its slot until its bytes have left, and tells how long they took", () => {
  const room = open();
  room.start("a");
  room.desk.moved("a", 80_000);
  room.buffered.set("a", 70_000);
  room.clock.advance(4_100);
  expect([room.start("b"), room.desk.bytesPerMs]).toEqual([false, 0]);
  room.buffered.delete("a");
  room.clock.advance(500);
  expect(room.desk.bytesPerMs).toBeCloseTo((0.9 * 80_000) / 4_100, 5);
  expect(room.start("b")).toBe(true);
});

test("an upload lasts until its last byte has left, however soon it was handed over", () => {
  const room = open();
  room.start("a", { bytes: 100_000 });
  room.buffered.set("a", 80_000);
  room.desk.moved("a", 100_000);
  room.clock.advance(3_990);
  expect([room.start("b"), room.desk.bytesPerMs]).toEqual([false, 0]);
  room.buffered.delete("a");
  room.clock.advance(10);
  expect(room.desk.bytesPerMs).toBeCloseTo((0.9 * 100_000) / 4_000, 5);
});

test("an upload whose bytes never leave gives its slot back in the end", () => {
  const room = open();
  room.start("a");
  room.desk.moved("a", 10_000);
  room.buffered.set("a", 10_000);
  room.clock.advance(6_000);
  expect(room.start("b", { bytes: 1_000 })).toBe(true);
});

test("uploads that have run for long end when playback is about to wait for the origin behind them, and tell of the uplink", () => {
  const room = open();
  room.start("long");
  room.send("long", 2 * MESSAGE_BYTES, 30);
  room.clock.advance(50);
  expect(room.desk.inTheWay(BUFFER_MS)).toEqual([]);
  expect(room.desk.inTheWay(500)).toEqual(["long"]);
  room.desk.peerClosed("long");
  expect(room.desk.inTheWay(500)).toEqual([]);
  room.start("next");
  expect(room.desk.inTheWay(0)).toEqual([]);
});

test("a viewer with little in its buffer tries its uplink later, and goes on uploading where it is wide", () => {
  const room = open();
  const low = { bufferMs: 1_000 };
  expect(room.start("early", low)).toBe(false);
  room.start("first");
  room.send("first", SEGMENT_BYTES, 2_000);
  room.clock.advance(10_000);
  expect(room.start("later", low)).toBe(true);
});

test("a viewer with little in its buffer does not fill a narrow uplink", () => {
  const room = open();
  measure(room, 150);
  room.clock.advance(10_000);
  expect(room.start("early", { bufferMs: 3_900 })).toBe(false);
  expect(room.start("later", { bufferMs: 4_000 })).toBe(true);
});

test("what a viewer asks for may have to wait behind its uploads, twice, for as long as they run", () => {
  const room = open();
  measure(room, 150);
  room.clock.advance(10_000);
  expect(room.desk.queueMs).toBe(0);
  room.start("a");
  expect(room.desk.queueMs).toBeCloseTo((2 * CHANNEL_BUFFER_BYTES) / 150, -1);
});

test("peers that ask in one turn do not all get in before the first byte moves", () => {
  const { desk } = open();
  expect([1, 2].map(() => desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS))).toEqual([true, false]);
});

test("a request that comes to nothing holds its place for one turn only", () => {
  const { desk, clock } = open();
  desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  clock.advance(0);
  expect(desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)).toBe(true);
});

test("a refused peer is called back once an upload is done, and then gets in", () => {
  const room = open();
  room.start("a");
  room.start("b");
  expect(room.start("c")).toBe(false);
  room.send("a", SEGMENT_BYTES, 5_000);
  room.clock.advance(1_000);
  expect(room.freed).toBe(1);
  expect(room.start("c")).toBe(true);
});

test("nobody is called back where nobody was refused", () => {
  const room = open();
  room.start("a");
  room.send("a", SEGMENT_BYTES, 1_000);
  room.desk.peerClosed("a");
  room.clock.advance(60_000);
  expect(room.freed).toBe(0);
});

test("an upload that has fallen silent gives its slot to who was refused", () => {
  const room = open();
  room.start("a");
  room.start("b");
  expect(room.start("c")).toBe(false);
  const stopped = room.clock.now();
  while (room.freed === 0 && room.clock.now() < stopped + 10_000) {
    room.clock.advance(500);
    room.desk.moved("b", 1);
  }
  expect(room.freed).toBe(1);
  expect(room.clock.now() - stopped).toBeLessThanOrEqual(5_000);
  expect([room.start("c"), room.start("d")]).toEqual([true, false]);
});

test("a slow upload that moves keeps its slot", () => {
  const room = open();
  room.start("a");
  room.send("a", SEGMENT_BYTES / 4, 5);
  expect(room.start("c")).toBe(false);
});

test("an upload that was cancelled gives its slot away once its channel has nothing left to send", () => {
  const room = open();
  room.start("a");
  room.desk.moved("a", CHANNEL_BUFFER_BYTES);
  room.buffered.set("a", CHANNEL_BUFFER_BYTES);
  expect(room.start("b")).toBe(false);
  room.clock.advance(2_000);
  expect([room.freed, room.start("b")]).toEqual([0, false]);
  room.buffered.delete("a");
  room.clock.advance(400);
  expect([room.freed, room.start("b")]).toEqual([1, true]);
});

test("a channel that stood empty for a moment keeps its slot", () => {
  const room = open();
  room.start("a");
  for (let message = 0; message < 10; message++) {
    room.clock.advance(190);
    room.desk.moved("a", 100);
  }
  expect(room.start("b")).toBe(false);
});

test("the slot of a peer that has gone is free at once", () => {
  const room = open();
  room.start("a");
  room.start("b");
  room.start("c");
  room.desk.peerClosed("a");
  expect(room.freed).toBe(1);
  expect(room.start("c")).toBe(true);
});

/** Two uploads, the second right after the first, on an uplink of this speed behind a channel's buffer. */
function measure(room: ReturnType<typeof open>, bytesPerMs: number): void {
  room.start("burst");
  room.desk.moved("burst", SEGMENT_BYTES);
  room.clock.advance(1);
  room.start("measured");
  room.desk.moved("measured", CHANNEL_BUFFER_BYTES);
  room.send("measured", SEGMENT_BYTES - CHANNEL_BUFFER_BYTES, bytesPerMs);
}

test.each([
  // Half a segment's duration carries: less than two segments, and four.
  [300, 1],
  [1_000, 4],
])("an uplink of %i bytes/ms carries %i uploads at once", (bytesPerMs, expected) => {
  const room = open();
  measure(room, bytesPerMs);
  room.clock.advance(10_000);
  let count = 0;
  while (room.start(`peer ${count}`)) count++;
  expect(room.desk.bytesPerMs).toBeCloseTo(bytesPerMs, 0);
  expect(count).toBe(expected);
});

test("a burst into the buffers of a resting uplink is not taken for its speed", () => {
  const room = open();
  room.start("a");
  room.desk.moved("a", CHANNEL_BUFFER_BYTES);
  room.send("a", SEGMENT_BYTES - CHANNEL_BUFFER_BYTES, 1_000);
  expect(room.desk.bytesPerMs).toBe(0);
});

test("while the uplink is unknown, the guess decides how many upload at once and how long a slot is taken", () => {
  const room = open(() => 130);
  expect([room.start("a"), room.start("b")]).toEqual([true, false]);
  room.desk.moved("a", SEGMENT_BYTES);
  room.clock.advance(450);
  expect(room.freed).toBe(0);
  room.clock.advance(100);
  expect(room.freed).toBe(1);
  expect(room.start("b")).toBe(true);
});

test("what the channel still holds occupies the slot until it has left", () => {
  const room = open();
  measure(room, 130);
  // 64 KiB take 0.5 s on this uplink.
  room.clock.advance(450);
  expect(room.start("c")).toBe(false);
  room.clock.advance(100);
  expect(room.start("c")).toBe(true);
});

test("every byte is counted, whoever it goes to", () => {
  const room = open();
  room.start("a");
  room.desk.moved("a", 10);
  room.desk.moved("unknown", 5);
  expect(room.desk.sent).toBe(15);
});

const peers = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
const actions = fc.array(
  fc.record({
    do: fc.constantFrom("start", "start", "send", "finish", "close", "pass"),
    peer: fc.constantFrom(...peers),
    ms: fc.nat({ max: 3_000 }),
  }),
  { maxLength: 80 },
);

test("never more uploads than the limit, and who is refused is called back when all else is still", () => {
  fc.assert(
    fc.property(actions, fc.integer({ min: 1_000, max: 500_000 }), (list, bytes) => {
      const room = open();
      const rest = new Map<string, { bytes: number; movedAtMs: number }>();
      let refusedAfter = -1;
      const move = (peer: string, count: number) => {
        const upload = rest.get(peer);
        if (!upload || count === 0) return;
        room.desk.moved(peer, count);
        upload.bytes -= count;
        upload.movedAtMs = room.clock.now();
        if (upload.bytes === 0) rest.delete(peer);
      };
      for (const action of list) {
        const { peer, ms } = action;
        if (action.do === "start" && !rest.has(peer)) {
          const before = room.freed;
          if (room.start(peer, { bytes: bytes })) rest.set(peer, { bytes, movedAtMs: room.clock.now() });
          else refusedAfter = before;
        }
        if (action.do === "send") move(peer, Math.min(ms, (rest.get(peer)?.bytes ?? 1) - 1));
        if (action.do === "finish") move(peer, rest.get(peer)?.bytes ?? 0);
        if (action.do === "close") {
          rest.delete(peer);
          room.desk.peerClosed(peer);
        }
        if (action.do === "pass") room.clock.advance(ms);
        const active = [...rest.values()].filter(({ movedAtMs }) => room.clock.now() - movedAtMs < 200);
        expect(active.length).toBeLessThanOrEqual(MAX_UPLOADS);
      }
      room.clock.advance(60_000);
      expect(room.freed).toBeGreaterThan(refusedAfter);
    }),
    { numRuns: 300 },
  );
});

test("who was refused for two requests that came to nothing is called back", () => {
  const room = open();
  for (let peer = 0; peer < 3; peer++) room.desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  room.clock.advance(60_000);
  expect(room.freed).toBe(1);
});

test("who was refused is called back though another one took the place of two silent uploads", () => {
  const room = open();
  room.start("a");
  room.start("b");
  room.clock.advance(190);
  expect(room.start("c")).toBe(false);
  room.clock.advance(200);
  // The look at the clock when "d" asks finds both idle: one slot is for "d", one is free.
  expect(room.start("d")).toBe(true);
  room.clock.advance(1_000);
  expect(room.freed).toBe(1);
});

/** A desk in a live stream with an uplink for one upload, which is under way; asks with the segment's start. */
function openBusy() {
  const room = open(() => 130);
  room.start("first");
  const ask = (startS: number, positionS = 100) => {
    const mayHave = room.desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS, { startS, positionS });
    if (mayHave) room.desk.moved(`peer for ${startS}`, 0);
    room.clock.advance(0);
    return mayHave;
  };
  const finish = (peerId: string) => {
    room.desk.moved(peerId, SEGMENT_BYTES);
    while (room.desk.queueMs > 0) room.clock.advance(10);
  };
  return Object.assign(room, { ask, finish });
}

test("who needs a segment soon is served before who asks again sooner", () => {
  const { ask, finish } = openBusy();
  expect([ask(112), ask(102)]).toEqual([false, false]);
  finish("first");
  expect([ask(112), ask(104), ask(102)]).toEqual([false, false, true]);
  finish("peer for 102");
  expect(ask(112)).toBe(true);
});

test("a free uplink does not wait for long, and calls all others back when it has", () => {
  const room = openBusy();
  expect([room.ask(112), room.ask(102)]).toEqual([false, false]);
  room.finish("first");
  expect(room.ask(112)).toBe(false);
  const before = room.freed;
  room.clock.advance(300);
  expect(room.freed).toBe(before + 1);
  expect(room.ask(112)).toBe(true);
});

test("nobody waits for what is played much later", () => {
  const { ask, finish } = openBusy();
  expect([ask(108), ask(112)]).toEqual([false, false]);
  finish("first");
  expect(ask(112)).toBe(true);
});

test("a closed desk leaves no timer and calls nobody", () => {
  const room = open();
  room.start("a");
  room.send("a", SEGMENT_BYTES, 100);
  room.clock.advance(10_000);
  room.start("b");
  room.start("c");
  room.send("b", SEGMENT_BYTES, 100);
  room.start("d");
  room.desk.close();
  expect(room.clock.pending).toBe(0);
  room.clock.advance(60_000);
  expect(room.freed).toBe(0);
});

test("a flood of requests gets no more than the budget, and the peers are called back once there is more", () => {
  const clock = new ManualClock();
  let freed = 0;
  const budget = {
    ratio: 1,
    allowanceBytes: 2 * SEGMENT_BYTES,
    bytesPerMs: Number.POSITIVE_INFINITY,
    simultaneous: 8,
  };
  const desk = new UploadDesk({ clock, onFree: () => freed++, guessBytesPerMs: () => 10_000, budget });
  const flood = () => {
    for (let request = 0; request < 1_000; request++) {
      const peer = `peer ${request % 7}`;
      if (desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)) desk.moved(peer, SEGMENT_BYTES);
      clock.advance(1);
    }
  };
  flood();
  expect(desk.sent).toBe(2 * SEGMENT_BYTES);
  expect(desk.refused).toBeGreaterThan(900);
  const before = freed;
  desk.downloaded(SEGMENT_BYTES);
  expect(freed).toBe(before + 1);
  flood();
  expect(desk.sent).toBe(3 * SEGMENT_BYTES);

  // The operator lowers it, and raises it again.
  desk.setBudget({ ...budget, ratio: 0 });
  desk.downloaded(SEGMENT_BYTES);
  flood();
  expect(desk.sent).toBe(3 * SEGMENT_BYTES);
  const whileLow = freed;
  desk.setBudget(budget);
  expect(freed).toBe(whileLow + 1);
  flood();
  expect(desk.sent).toBe(4 * SEGMENT_BYTES);
});

test("with a limit on the rate, uploads begin no faster than it allows", () => {
  const clock = new ManualClock();
  let freed = 0;
  const budget = { ratio: 1_000, allowanceBytes: 1e9, bytesPerMs: 100, simultaneous: 8 };
  const desk = new UploadDesk({ clock, onFree: () => freed++, guessBytesPerMs: () => 10_000, budget });
  let asked = 0;
  for (let ms = 0; ms < 20_000; ms += 10) {
    if (desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)) {
      asked++;
      desk.moved(`peer ${asked}`, SEGMENT_BYTES);
    }
    clock.advance(10);
  }
  // 100 bytes per millisecond are 2,000 kB in 20 s: eight segments, and the first one at once.
  expect(asked).toBe(8);
  expect(freed).toBeGreaterThan(0);
});
