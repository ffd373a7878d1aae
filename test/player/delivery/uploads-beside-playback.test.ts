import { expect, test } from "vitest";
import {
  BUFFER_MS,
  CHANNEL_BUFFER_BYTES,
  MESSAGE_BYTES,
  measure,
  openBusy,
  openDesk,
  SEGMENT_BYTES,
} from "../../support/desk-room.js";

test("uploads that have run for long end when playback is about to wait for the origin behind them, and tell of the uplink", () => {
  const room = openDesk();
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
  const room = openDesk();
  const low = { bufferMs: 1_000 };
  expect(room.start("early", low)).toBe(false);
  room.start("first");
  room.send("first", SEGMENT_BYTES, 2_000);
  room.clock.advance(10_000);
  expect(room.start("later", low)).toBe(true);
});

test("a viewer with little in its buffer does not fill a narrow uplink", () => {
  const room = openDesk();
  measure(room, 150);
  room.clock.advance(10_000);
  expect(room.start("early", { bufferMs: 3_900 })).toBe(false);
  expect(room.start("later", { bufferMs: 4_000 })).toBe(true);
});

test("what a viewer asks for may have to wait behind its uploads, twice, for as long as they run", () => {
  const room = openDesk();
  measure(room, 150);
  room.clock.advance(10_000);
  expect(room.desk.queueMs).toBe(0);
  room.start("a");
  expect(room.desk.queueMs).toBeCloseTo((2 * CHANNEL_BUFFER_BYTES) / 150, -1);
});

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
