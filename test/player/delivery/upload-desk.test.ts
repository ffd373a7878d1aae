import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_UPLOADS } from "../../../player/policy/upload-admission.js";
import { BUFFER_MS, openDesk, SEGMENT_BYTES, SEGMENT_MS } from "../../support/desk-room.js";

test("peers that ask in one turn do not all get in before the first byte moves", () => {
  const { desk } = openDesk();
  expect([1, 2].map(() => desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS))).toEqual([true, false]);
});

test("a request that comes to nothing holds its place for one turn only", () => {
  const { desk, clock } = openDesk();
  desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  clock.advance(0);
  expect(desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)).toBe(true);
});

test("a refused peer is called back once an upload is done, and then gets in", () => {
  const room = openDesk();
  room.start("a");
  room.start("b");
  expect(room.start("c")).toBe(false);
  room.send("a", SEGMENT_BYTES, 5_000);
  room.clock.advance(1_000);
  expect(room.freed).toBe(1);
  expect(room.start("c")).toBe(true);
});

test("nobody is called back where nobody was refused", () => {
  const room = openDesk();
  room.start("a");
  room.send("a", SEGMENT_BYTES, 1_000);
  room.desk.peerClosed("a");
  room.clock.advance(60_000);
  expect(room.freed).toBe(0);
});

test("every byte is counted, whoever it goes to", () => {
  const room = openDesk();
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
      const room = openDesk();
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
  const room = openDesk();
  for (let peer = 0; peer < 3; peer++) room.desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS);
  room.clock.advance(60_000);
  expect(room.freed).toBe(1);
});

test("who was refused is called back though another one took the place of two silent uploads", () => {
  const room = openDesk();
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

test("a closed desk leaves no timer and calls nobody", () => {
  const room = openDesk();
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
