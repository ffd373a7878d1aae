import { expect } from "vitest";
import { UploadDesk } from "../../player/delivery/upload-desk.js";
import { ManualClock } from "./manual-clock.js";

export const SEGMENT_BYTES = 250_000;
export const SEGMENT_MS = 2_000;
export const BUFFER_MS = 10_000;
export const MESSAGE_BYTES = 16 * 1024;
export const CHANNEL_BUFFER_BYTES = 64 * 1024;

export function openDesk(guessBytesPerMs?: () => number) {
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
  desk.arrived(SEGMENT_BYTES, SEGMENT_MS);
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

/** So many uploads, each to another peer, that are much slower than the stream. */
export function uploadSlowly(room: ReturnType<typeof openDesk>, uploads: number): void {
  for (let upload = 0; upload < uploads; upload++) {
    const peerId = `slow ${upload}`;
    expect(room.start(peerId)).toBe(true);
    room.send(peerId, SEGMENT_BYTES, 30);
    room.clock.advance(6_000);
  }
  expect([room.start("next"), room.desk.isUseless]).toEqual([false, true]);
}

/** Two uploads, the second right after the first, on an uplink of this speed behind a channel's buffer. */
export function measure(room: ReturnType<typeof openDesk>, bytesPerMs: number): void {
  room.start("burst");
  room.desk.moved("burst", SEGMENT_BYTES);
  room.clock.advance(1);
  room.start("measured");
  room.desk.moved("measured", CHANNEL_BUFFER_BYTES);
  room.send("measured", SEGMENT_BYTES - CHANNEL_BUFFER_BYTES, bytesPerMs);
}

/** A desk in a live stream with an uplink for one upload, which is under way; asks with the segment's start. */
export function openBusy() {
  const room = openDesk(() => 130);
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
