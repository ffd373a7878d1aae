import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { announce, id, offer } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";

const [TEXT, BEGUN_TEXT, CONTINUED, CLOSE, PING] = [0x81, 0x01, 0x80, 0x88, 0x89];

/** As RFC 6455, section 5.2, has it. */
function frame(first: number, payload: string | Buffer, { masked = true } = {}): Buffer {
  const bytes = Buffer.from(payload);
  const length =
    bytes.length < 126 ? [bytes.length] : bytes.length < 65_536 ? [126, 0, 0] : [127, 0, 0, 0, 0, 0, 0, 0, 0];
  const header = Buffer.from([first, ...length]);
  if (length.length === 3) header.writeUInt16BE(bytes.length, 2);
  if (length.length === 9) header.writeUIntBE(bytes.length, 4, 6);
  if (!masked) return Buffer.concat([header, bytes]);
  header[1] = (header[1] ?? 0) | 0x80;
  const mask = randomBytes(4);
  return Buffer.concat([header, mask, bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

/** A client whose bytes a test writes itself. */
async function connect(url: string) {
  const client = await RawClient.connect(url);
  const { _socket: socket } = client.socket as unknown as { readonly _socket: Socket };
  return { client, socket };
}

const joins = (letter: string) => JSON.stringify(announce(id("s"), id(letter)));

/** Takes three reads at least. */
const long = JSON.stringify(
  announce(id("s"), id("a"), { offers: [1, 2, 3].map((n) => offer(id(`${n}`), `v=0 ${"x".repeat(9000)}`)) }),
);

test.each([
  ["in one piece", (bytes: Buffer) => [bytes]],
  ["byte by byte", (bytes: Buffer) => Array.from(bytes, (byte) => Buffer.from([byte]))],
  ["in pieces of 7 bytes", (bytes: Buffer) => pieces(bytes, 7)],
  ["in pieces of 1000 bytes", (bytes: Buffer) => pieces(bytes, 1000)],
])("messages are read %s, short and long ones, however they lie in memory", async (_name, split) => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using other = await RawClient.connect(url);
  await other.ask(announce(id("s"), id("o")));
  const { client, socket } = await connect(url);
  await using _client = client;
  const padded = [1, 2, 3, 4].map((spaces) => frame(TEXT, joins("a") + " ".repeat(spaces)));
  for (const piece of split(Buffer.concat([...padded, frame(PING, "?"), frame(TEXT, long)])))
    socket.write(piece);
  for (const _ of [...padded, long]) expect(await client.next()).toMatchObject({ incomplete: 2 });
  const { offer: relayed } = await other.next();
  expect(relayed).toEqual({ type: "offer", sdp: `v=0 ${"x".repeat(9000)}` });
});

test("a ping between messages is answered", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const { client, socket } = await connect(url);
  await using _client = client;
  const answered = new Promise((resolve) => client.socket.once("pong", (data) => resolve(String(data))));
  socket.write(Buffer.concat([frame(TEXT, joins("a")), frame(PING, "there?"), frame(TEXT, joins("a"))]));
  expect(await answered).toBe("there?");
  expect(await client.next()).toMatchObject({ incomplete: 1 });
  expect(await client.next()).toMatchObject({ incomplete: 1 });
});

test("a message in fragments is read, and what follows it", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const { client, socket } = await connect(url);
  await using _client = client;
  const text = joins("a");
  socket.write(frame(TEXT, text));
  socket.write(
    Buffer.concat([
      frame(BEGUN_TEXT, text.slice(0, 10)),
      frame(PING, ""),
      frame(CONTINUED, text.slice(10)),
      frame(TEXT, text),
    ]),
  );
  for (let count = 0; count < 3; count++) expect(await client.next()).toMatchObject({ incomplete: 1 });
});

test.each([
  ["without a mask", frame(TEXT, joins("a"), { masked: false }), 1002],
  ["with reserved bits", frame(TEXT | 0x40, joins("a")), 1002],
  ["of an unknown kind", frame(0x83, joins("a")), 1002],
  ["that continues nothing", frame(CONTINUED, joins("a")), 1002],
  ["that is no UTF-8", frame(TEXT, Buffer.from([0x22, 0xc3, 0x22])), 1007],
  ["that is too long", frame(TEXT, " ".repeat(200_000)), 1009],
  ["whose length is absurd", Buffer.from([TEXT, 0xff, 255, 255, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
  ["that says goodbye", frame(CLOSE, Buffer.from([0x03, 0xe9])), 1001],
])("a frame %s ends its connection", async (_name, bytes, code) => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  const { client, socket } = await connect(url);
  await using _client = client;
  await client.ask(joins("a"));
  socket.write(Buffer.concat([frame(TEXT, joins("a")), bytes]));
  expect(await client.closed).toBe(code);
});

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
