import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createOrigin } from "../../origin/index.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

/** More than the system's buffers hold, so that the client's reading decides when it is over. */
const LARGE = 32 * 1024 * 1024;

async function slowReader(drainSeconds: number) {
  const folder = await temporaryFolder();
  await writeFiles(folder.path, { ...programmeFiles({ low: [2] }), "large.mp4": Buffer.alloc(LARGE) });
  const origin = createOrigin({
    port: 0,
    streams: { films: { kind: "folder", folder: folder.path } },
    drainSeconds,
    integrityKeys: [],
  });
  const { port } = await origin.listen();
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /hls/films/large.mp4 HTTP/1.1\r\nHost: origin\r\n\r\n");
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
  });
  await once(socket, "data");
  socket.pause();
  return {
    origin,
    port,
    socket,
    received: () => received,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test("a response that is open when the origin closes goes out to its end, and no other begins", async () => {
  await using slow = await slowReader(30);
  const closed = slow.origin.close();
  await expect(fetch(`http://127.0.0.1:${slow.port}/healthz`)).rejects.toThrow();
  slow.socket.resume();
  await Promise.all([closed, once(slow.socket, "close")]);
  expect(slow.received()).toBeGreaterThan(LARGE);
});

test("a response that does not end is cut off when the time to drain is over", async () => {
  await using slow = await slowReader(0.05);
  slow.socket.on("error", () => {});
  await slow.origin.close();
  slow.socket.resume();
  await once(slow.socket, "close");
  expect(slow.received()).toBeLessThan(LARGE);
});
