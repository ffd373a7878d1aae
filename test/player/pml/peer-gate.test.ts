import { expect, test } from "vitest";
import { Gatekeeper, gatekeeperOf, type PeerConnection } from "../../../player/pml/peer-gate.js";
import { newPeerId } from "../../support/track-room.js";

const self = newPeerId("seed", 0);
const peer = newPeerId("seed", 1);
const hex = (text: string) => Buffer.from(text).toString("hex");

class Connection implements PeerConnection {
  idUtf8?: string;
  bufferSize = 0;
  isDestroyed = false;
  readonly #listeners: { name: string; listener: (data: Uint8Array) => void }[] = [];

  constructor(readonly id: string) {}

  on(name: string, listener: (data: Uint8Array) => void): void {
    this.#listeners.push({ name, listener });
  }

  emit(name: string, data = new Uint8Array()): void {
    for (const known of [...this.#listeners]) if (known.name === name) known.listener(data);
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

function open(banned: string[] = []) {
  const log: string[] = [];
  let nowMs = 0;
  const gate = new Gatekeeper({
    isBanned: (id) => banned.includes(id),
    onRefused: (id) => log.push(`refused ${id}`),
    onFlood: (id) => log.push(`flood ${id}`),
    onTold: () => log.push("told"),
    now: () => nowMs,
  });
  gate.guard(self);
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { gate, log, banned, advance };
}

test("a player's gatekeeper is found by any of its ids, until it is closed", () => {
  const { gate } = open();
  expect(gatekeeperOf(hex(self))).toBe(gate);
  expect(gatekeeperOf(hex(peer))).toBeUndefined();
  gate.close();
  expect(gatekeeperOf(hex(self))).toBeUndefined();
});

test("a player is alone once trackers have told of nobody, in whichever of its swarms", () => {
  const { gate, log } = open();
  expect(gate.isAlone).toBe(false);
  gate.told(0);
  expect([gate.isAlone, log]).toEqual([true, ["told"]]);
  gate.told(2);
  gate.told(0);
  expect(gate.isAlone).toBe(false);
});

test("a banned peer is not let in, and one that is dropped loses all its connections", () => {
  const room = open([peer]);
  const refused = new Connection(hex(peer));
  expect(room.gate.admit(refused)).toBe(false);
  expect([refused.isDestroyed, room.log]).toEqual([true, [`refused ${peer}`]]);
  room.banned.length = 0;
  const both = [new Connection(hex(peer)), new Connection(hex(peer))];
  const other = new Connection(hex(newPeerId("seed", 2)));
  for (const connection of [...both, other]) expect(room.gate.admit(connection)).toBe(true);
  expect(both.map(({ idUtf8 }) => idUtf8)).toEqual([peer, peer]);
  room.gate.drop(peer);
  expect([...both, other].map(({ isDestroyed }) => isDestroyed)).toEqual([true, true, false]);
});

test("what waits to leave for a peer is counted over its connections, as long as they last", () => {
  const { gate } = open();
  const both = [new Connection(hex(peer)), new Connection(hex(peer))] as const;
  for (const connection of both) {
    gate.admit(connection);
    connection.bufferSize = 1_000;
  }
  expect([gate.bufferedTo(peer), gate.bufferedTo("nobody")]).toEqual([2_000, 0]);
  both[0].destroy();
  expect(gate.bufferedTo(peer)).toBe(1_000);
});

test("commands without end are a flood, segments are not", () => {
  const room = open();
  const connection = new Connection(hex(peer));
  room.gate.admit(connection);
  connection.emit("connect");
  const command = new TextEncoder().encode("cstr…");
  for (let message = 0; message < 10_000; message++) connection.emit("data", new Uint8Array(16_000));
  for (let second = 0; second < 10; second++) {
    for (let message = 0; message < 150; message++) connection.emit("data", command);
    room.advance(1_000);
  }
  expect(room.log).toEqual([]);
  for (let message = 0; message < 250; message++) connection.emit("data", command);
  expect(room.log).toEqual([`flood ${peer}`]);
});
