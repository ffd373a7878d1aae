import { EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { isPeerWarning } from "../../../player/pml/peer-warning.js";

interface RealTracker {
  _createPeer(): { signal(data: object): void };
  destroy(): void;
}

const { default: Real } = (await import("bittorrent-tracker/websocket-tracker" as string)) as {
  default: new (client: EventEmitter, url: string) => RealTracker;
};

/** What the library's own client for one tracker warns of. */
async function listen(onSocket: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = Object.assign(new EventEmitter(), { _rtcConfig: {} });
  const tracker = new Real(client, `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  onTestFinished(() => {
    tracker.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { tracker, warned: once(client, "warning") };
}

test("a warning of a tracker that is not there is not about a peer", async () => {
  const { warned } = await listen((socket) => socket.destroy());
  const [warning] = await warned;
  expect(isPeerWarning(warning)).toBe(false);
});

test("a warning of a peer that cannot be reached is about a peer", async () => {
  const { tracker, warned } = await listen(() => {});
  // An answer that is none.
  tracker._createPeer().signal({});
  const [warning] = await warned;
  expect(warning).toBeInstanceOf(Error);
  expect(isPeerWarning(warning)).toBe(true);
});
