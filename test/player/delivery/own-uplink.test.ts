import { expect, test } from "vitest";
import {
  CHANNEL_BUFFER_BYTES,
  measure,
  openDesk,
  SEGMENT_BYTES,
  SEGMENT_MS,
  uploadSlowly,
} from "../../support/desk-room.js";

test("two receivers' slow uploads tell of a narrow uplink, though nobody waited for them to the end", () => {
  const room = openDesk();
  for (const peerId of ["a", "b"]) {
    expect([room.start(peerId), room.desk.isUseless]).toEqual([true, false]);
    room.send(peerId, SEGMENT_BYTES / 2, 30);
    room.clock.advance(6_000);
  }
  expect(room.desk.bytesPerMs).toBeLessThan(SEGMENT_BYTES / SEGMENT_MS / 2);
  expect([room.start("c"), room.desk.isUseless]).toEqual([false, true]);
});

test("one receiver that is slow does not make the uplink narrow", () => {
  const room = openDesk();
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
  const room = openDesk(() => 30);
  room.start("a");
  room.send("a", SEGMENT_BYTES, 2_000);
  room.clock.advance(10_000);
  expect([room.start("b"), room.desk.isUseless]).toEqual([true, false]);
});

test("where there is one receiver only, three slow uploads tell of a narrow uplink", () => {
  const room = openDesk();
  for (let uploads = 0; uploads < 3; uploads++) {
    expect(room.start("only")).toBe(true);
    room.send("only", SEGMENT_BYTES, 30);
    room.clock.advance(6_000);
  }
  expect([room.start("only"), room.desk.isUseless]).toEqual([false, true]);
});

test("a narrow uplink is tried again after half a minute, and used if it has become wider", () => {
  const room = openDesk();
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
  const room = openDesk();
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
  const room = openDesk();
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

test.each([
  // Half a segment's duration carries: less than two segments, and four.
  [300, 1],
  [1_000, 4],
])("an uplink of %i bytes/ms carries %i uploads at once", (bytesPerMs, expected) => {
  const room = openDesk();
  measure(room, bytesPerMs);
  room.clock.advance(10_000);
  let count = 0;
  while (room.start(`peer ${count}`)) count++;
  expect(room.desk.bytesPerMs).toBeCloseTo(bytesPerMs, 0);
  expect(count).toBe(expected);
});

test("a burst into the buffers of a resting uplink is not taken for its speed", () => {
  const room = openDesk();
  room.start("a");
  room.desk.moved("a", CHANNEL_BUFFER_BYTES);
  room.send("a", SEGMENT_BYTES - CHANNEL_BUFFER_BYTES, 1_000);
  expect(room.desk.bytesPerMs).toBe(0);
});

test("one segment that is larger than the uplink carries in time waits for another peer, and condemns nobody", () => {
  const room = openDesk();
  for (const peerId of ["a", "b"]) {
    expect(room.start(peerId)).toBe(true);
    room.send(peerId, SEGMENT_BYTES, 300);
    room.clock.advance(6_000);
  }
  expect([room.start("large", { bytes: 2 * SEGMENT_BYTES }), room.desk.isUseless]).toEqual([false, false]);
  expect(room.start("usual")).toBe(true);
});

test("a bitrate that stays above what the uplink carries makes it useless", () => {
  const room = openDesk();
  for (const peerId of ["a", "b"]) {
    room.start(peerId);
    room.send(peerId, SEGMENT_BYTES, 200);
    room.clock.advance(6_000);
  }
  for (let segments = 0; segments < 20; segments++) room.desk.arrived(2 * SEGMENT_BYTES, SEGMENT_MS);
  expect([room.start("large", { bytes: 2 * SEGMENT_BYTES }), room.desk.isUseless]).toEqual([false, true]);
});

test("one segment that is asked for again and again says nothing of the bitrate", () => {
  const room = openDesk();
  for (const peerId of ["a", "b"]) {
    room.start(peerId);
    room.send(peerId, SEGMENT_BYTES, 300);
    room.clock.advance(6_000);
  }
  room.desk.arrived(3 * SEGMENT_BYTES, SEGMENT_MS);
  for (let asked = 0; asked < 20; asked++)
    expect(room.start("large", { bytes: 3 * SEGMENT_BYTES })).toBe(false);
  expect([room.start("usual"), room.desk.isUseless]).toEqual([true, false]);
});

test("an uplink whose uploads all found it at rest carries one at a time, until one beside another confirms it", () => {
  const room = openDesk();
  // What the queue of a link takes over at once makes it look wider than it is.
  const upload = (peerId: string) => {
    room.start(peerId);
    room.desk.moved(peerId, 0.6 * SEGMENT_BYTES);
    room.send(peerId, 0.4 * SEGMENT_BYTES, 300);
    room.clock.advance(6_000);
  };
  upload("a");
  expect(room.desk.bytesPerMs).toBeGreaterThan(450);
  const bytes = 0.4 * SEGMENT_BYTES;
  expect([room.start("b", { bytes }), room.start("c", { bytes })]).toEqual([true, false]);
  room.clock.advance(6_000);
  upload("b");
  const started = ["c", "d", "e"].map((peerId) => room.start(peerId, { bytes }));
  expect(started).toEqual([true, true, false]);
  room.send("c", bytes, 300);
  room.send("d", bytes, 150);
  room.clock.advance(6_000);
  expect(room.desk.bytesPerMs).toBeLessThan(400);
});

test("what was measured is forgotten in time, though segments leave that tell nothing of the uplink", () => {
  const room = openDesk();
  measure(room, 300);
  for (let seconds = 0; seconds < 5 * 60; seconds += 10) {
    room.clock.advance(10_000);
    expect(room.start("swift")).toBe(true);
    room.desk.moved("swift", SEGMENT_BYTES);
  }
  room.clock.advance(10_000);
  room.start("next");
  expect(room.desk.bytesPerMs).toBe(0);
});
