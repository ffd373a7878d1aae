import type { EventEmitter } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { Gatekeeper } from "../../../player/pml/peer-gate.js";
import GatedClient from "../../../player/pml/tracker-client.js";
import { USUAL_PEER_COUNTS } from "../../../player/policy/acquaintance.js";

const { most } = USUAL_PEER_COUNTS;

class Connection {
  isDestroyed = false;
  readonly #listeners: { name: string; listener: () => void }[] = [];

  constructor(readonly id: string) {}

  on(name: string, listener: () => void): void {
    this.#listeners.push({ name, listener });
  }

  destroy(): void {
    this.isDestroyed = true;
    for (const known of this.#listeners) if (known.name === "close") known.listener();
  }
}

const idOf = (index: number) => index.toString(16).padStart(40, "0");

/** A client of no tracker, and those whom it lets its player meet. As with the real one, events come from an emitter. */
function open() {
  const client = new GatedClient({ infoHash: idOf(1), peerId: idOf(2), announce: [], port: 1 });
  const met: Connection[] = [];
  client.on("peer", (connection) => met.push(connection as Connection));
  const come = (index: number) => {
    const connection = new Connection(idOf(100 + index));
    (client as unknown as EventEmitter).emit("peer", connection);
    return connection;
  };
  return { client, met, come };
}

test("a player's connections are bounded, however many call it", () => {
  const { met, come } = open();
  const all = Array.from({ length: most + 5 }, (_, index) => come(index));
  expect(met).toEqual(all.slice(0, most));
  expect(all.map(({ isDestroyed }) => isDestroyed)).toEqual(all.map((_, index) => index >= most));
});

test("a second connection to the same peer is no further peer, and whoever goes makes room", () => {
  const { met, come } = open();
  const all = Array.from({ length: most }, (_, index) => come(index));
  const again = come(0);
  expect([again.isDestroyed, met.length]).toEqual([false, most + 1]);
  again.destroy();
  expect(come(most).isDestroyed).toBe(true);
  all[0]?.destroy();
  expect(come(most).isDestroyed).toBe(false);
});

afterEach(() => {
  vi.useRealTimers();
});

/** The same client, whose announces are counted, and which hears from a tracker that it shares a swarm with so many. */
function openAnnouncing(others: number) {
  vi.useFakeTimers();
  const room = open();
  const hear = () =>
    (room.client as unknown as EventEmitter).emit("update", { complete: 0, incomplete: others + 1 });
  let announces = 0;
  (room.client as unknown as { update(): void }).update = () => {
    announces++;
    hear();
  };
  hear();
  return {
    ...room,
    get announces() {
      return announces;
    },
  };
}

test("whoever knows fewer than there are announces again before the interval, but not for ever", () => {
  const room = openAnnouncing(7);
  for (let index = 0; index < 5; index++) room.come(index);
  vi.advanceTimersByTime(5_000);
  expect(room.announces).toBe(1);
  vi.advanceTimersByTime(600_000);
  expect(room.announces).toBe(3);
});

test.each([
  ["knows all others, as the tracker has told them", 3],
  ["was called by all others since the tracker told of none", 0],
])("whoever %s does not, until one of them goes", (_name, told) => {
  const room = openAnnouncing(told);
  const [first] = [0, 1, 2].map((index) => room.come(index));
  vi.advanceTimersByTime(600_000);
  expect(room.announces).toBe(0);
  first?.destroy();
  vi.advanceTimersByTime(5_000);
  expect(room.announces).toBe(1);
});

test.each([
  [0, true],
  [1, false],
])("a player hears from its tracker that %s others are there", (others, isAlone) => {
  const gate = new Gatekeeper({
    isBanned: () => false,
    onRefused: () => {},
    onFlood: () => {},
    onTold: () => {},
    now: () => 0,
  });
  gate.guard(Buffer.from(idOf(2), "hex").toString());
  openAnnouncing(others);
  expect(gate.isAlone).toBe(isAlone);
  gate.close();
});

test("a client that was closed announces nothing more", () => {
  const room = openAnnouncing(7);
  room.client.destroy();
  vi.advanceTimersByTime(600_000);
  expect(room.announces).toBe(0);
});
