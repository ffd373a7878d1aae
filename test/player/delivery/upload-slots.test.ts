import { expect, test } from "vitest";
import { CHANNEL_BUFFER_BYTES, measure, openDesk, SEGMENT_BYTES } from "../../support/desk-room.js";

test("a single upload runs while the uplink is unknown", () => {
  const { start } = openDesk();
  expect([start("a"), start("b")]).toEqual([true, false]);
});

test("an upload that was cut off at once holds its slot until its bytes have left, and tells how long they took", () => {
  const room = openDesk();
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
  const room = openDesk();
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
  const room = openDesk();
  room.start("a");
  room.desk.moved("a", 10_000);
  room.buffered.set("a", 10_000);
  room.clock.advance(6_000);
  expect(room.start("b", { bytes: 1_000 })).toBe(true);
});

test("an upload that has fallen silent gives its slot to who was refused", () => {
  const room = openDesk();
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
  const room = openDesk();
  room.start("a");
  room.send("a", SEGMENT_BYTES / 4, 5);
  expect(room.start("c")).toBe(false);
});

test("an upload that was cancelled gives its slot away once its channel has nothing left to send", () => {
  const room = openDesk();
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
  const room = openDesk();
  room.start("a");
  for (let message = 0; message < 10; message++) {
    room.clock.advance(190);
    room.desk.moved("a", 100);
  }
  expect(room.start("b")).toBe(false);
});

test("the slot of a peer that has gone is free at once", () => {
  const room = openDesk();
  room.start("a");
  room.start("b");
  room.start("c");
  room.desk.peerClosed("a");
  expect(room.freed).toBe(1);
  expect(room.start("c")).toBe(true);
});

test("while the uplink is unknown, the guess decides how many upload at once and how long a slot is taken", () => {
  const room = openDesk(() => 130);
  expect([room.start("a"), room.start("b")]).toEqual([true, false]);
  room.desk.moved("a", SEGMENT_BYTES);
  room.clock.advance(450);
  expect(room.freed).toBe(0);
  room.clock.advance(100);
  expect(room.freed).toBe(1);
  expect(room.start("b")).toBe(true);
});

test("what the channel still holds occupies the slot until it has left", () => {
  const room = openDesk();
  measure(room, 130);
  // 64 KiB take 0.5 s on this uplink.
  room.clock.advance(450);
  expect(room.start("c")).toBe(false);
  room.clock.advance(100);
  expect(room.start("c")).toBe(true);
});

test("a segment that a connection passes on at once holds the slot for as long as the uplink takes for all of it", () => {
  const room = openDesk();
  measure(room, 130);
  room.clock.advance(10_000);
  expect(room.start("a")).toBe(true);
  room.desk.moved("a", SEGMENT_BYTES);
  room.clock.advance(SEGMENT_BYTES / 130 - 50);
  expect(room.start("b")).toBe(false);
  room.clock.advance(100);
  expect([room.freed, room.start("b")]).toEqual([1, true]);
});
