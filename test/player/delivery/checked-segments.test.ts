import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../player/integrity/integrity.js";
import { UNKNOWN_ORIGIN } from "../../../player/policy/origin-time.js";
import { bytesOf, newPeerId, SEGMENT_BYTES, TrackRoom } from "../../support/track-room.js";

const _SAFE_ORIGIN_MS = UNKNOWN_ORIGIN.meanMs + 4 * UNKNOWN_ORIGIN.deviationMs;

describe("what peers send", () => {
  const neighbour = newPeerId("seed", 1);
  const stranger = newPeerId("seed", 2);

  test("is handed over and announced only after it was checked", async () => {
    let settle: (verdict: Verdict) => void = () => {};
    const check = () =>
      new Promise<Verdict>((resolve) => {
        settle = resolve;
      });
    const room = new TrackRoom({ check });
    room.track.peerConnected(neighbour);
    const wish = room.request(0);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES);
    const kept = room.track.received(0, bytesOf(0));
    expect([wish.answers.length, room.arrived.length, room.store.bytes]).toEqual([0, 0, 0]);
    expect(room.swarmCalls).not.toContain("announce");
    settle("right");
    expect(await kept).toBe(true);
    expect(wish.answers).toMatchObject([{ source: "peer" }]);
    expect(room.arrived).toMatchObject([{ number: 0, source: "peer", peerId: neighbour }]);
  });

  test("and is wrong is thrown away, and the one who sent all of it is named and dropped", () => {
    const room = new TrackRoom({ check: () => "wrong" });
    room.track.peerConnected(stranger);
    const wish = room.request(0);
    room.track.transferStarted(0, stranger);
    room.track.transferMoved(stranger, SEGMENT_BYTES);
    expect(room.track.received(0, bytesOf(9))).toBe(false);
    expect(room.rejections).toMatchObject([{ polluter: stranger, bytes: SEGMENT_BYTES }]);
    expect([wish.answers.length, room.store.bytes, room.lostBytes]).toEqual([0, 0, 0]);
    room.track.transferEnded(stranger);
    room.track.peerClosed(stranger);
    room.play(1_000);
    expect(room.running).toContain(0);
  });

  test("in parts and is wrong is nobody's fault, and is asked for again", () => {
    const verdicts: Verdict[] = ["wrong", "right"];
    const room = new TrackRoom({ check: () => verdicts.shift() ?? "right" });
    for (const peer of [stranger, neighbour]) room.track.peerConnected(peer);
    room.request(0);
    room.track.transferStarted(0, stranger);
    room.track.transferMoved(stranger, SEGMENT_BYTES / 2);
    room.track.transferEnded(stranger);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES / 2);
    expect(room.track.received(0, bytesOf(9))).toBe(true);
    room.track.transferEnded(neighbour);
    expect(room.rejections).toMatchObject([{ polluter: undefined, bytes: SEGMENT_BYTES }]);
    expect(room.track.isWanted(0)).toBe(true);
    room.track.transferStarted(0, neighbour);
    room.deliver(0, neighbour);
    expect(room.arrived).toMatchObject([{ number: 0, peerId: neighbour }]);
  });

  test("after the origin was faster is counted as lost, whatever it was", async () => {
    const room = new TrackRoom({ check: async (): Promise<Verdict> => "right" });
    room.track.peerConnected(neighbour);
    const wish = room.request(0);
    room.track.transferStarted(0, neighbour);
    room.track.transferMoved(neighbour, SEGMENT_BYTES);
    const kept = room.track.received(0, bytesOf(0));
    room.play(3_000);
    room.fetchOf(0).done();
    expect(await kept).toBe(true);
    expect(wish.answers).toHaveLength(1);
    expect(room.arrived).toMatchObject([{ source: "origin" }]);
    expect(room.lostBytes).toBe(SEGMENT_BYTES);
  });

  test("is not asked for where nothing vouches for it: the origin is, at once and without a prefetch", () => {
    const room = new TrackRoom({ mayShare: () => false });
    room.track.peerConnected(neighbour);
    expect(room.track.isWanted(0)).toBe(false);
    room.request(0);
    expect(room.running).toEqual([0]);
    room.play(2_000);
    expect(room.running).toEqual([0]);
  });
});

test("with verifyOrigin, what the origin sends is checked, too, and something else is a failure to load", async () => {
  const verdicts: Verdict[] = ["wrong", "right"];
  const room = new TrackRoom({ verifyOrigin: true, check: async () => verdicts.shift() ?? "right" });
  const first = room.request(0);
  room.fetchOf(0).done();
  await expect.poll(() => first.answers).toMatchObject([{ code: 0, text: "not what the playlist says" }]);
  expect(room.lostOriginBytes).toBe(SEGMENT_BYTES);
  const second = room.request(0);
  room.fetchOf(0).done();
  await expect.poll(() => second.answers).toMatchObject([{ source: "origin" }]);
});
