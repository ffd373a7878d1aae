import { expect, test } from "vitest";
import { JOIN_AT_LATEST_MS, Joining } from "../../../player/delivery/joining.js";
import { ManualClock } from "../../support/manual-clock.js";

/** A viewer about to meet its peers, whose downlink can spare what `downlink` says. */
function joining(downlink = { canSpare: true }) {
  const clock = new ManualClock();
  let joins = 0;
  const waits: number[] = [];
  const subject = new Joining({
    clock,
    iceServers: () => [],
    reachableIceServers: (servers) => Promise.resolve(servers),
    canSpare: (waitedMs) => {
      waits.push(waitedMs);
      return downlink.canSpare;
    },
    onJoined: () => joins++,
  });
  const settle = async () => {
    await Promise.resolve();
    await Promise.resolve();
    return joins;
  };
  return { subject, clock, downlink, waits, settle };
}

test("peers are met once the first picture is there, and once only", async () => {
  const { subject, settle } = joining();
  subject.go();
  expect(await settle()).toBe(0);
  subject.prepare();
  expect(await settle()).toBe(0);
  subject.go();
  subject.go();
  subject.look();
  expect(await settle()).toBe(1);
});

test("a first picture that does not come is not waited for", async () => {
  const { subject, clock, settle } = joining();
  subject.prepare();
  clock.advance(JOIN_AT_LATEST_MS - 1);
  expect(await settle()).toBe(0);
  clock.advance(1);
  expect(await settle()).toBe(1);
});

test("a downlink that can spare nothing is left alone until it can, and is told how long that has been", async () => {
  const { subject, clock, downlink, waits, settle } = joining({ canSpare: false });
  subject.prepare();
  subject.go();
  clock.advance(3_000);
  subject.look();
  expect(await settle()).toBe(0);
  expect(waits).toEqual([0, 3_000]);
  downlink.canSpare = true;
  subject.look();
  expect(await settle()).toBe(1);
});

test("who has left joins no more", async () => {
  const { subject, settle } = joining();
  subject.prepare();
  subject.go();
  subject.close();
  subject.look();
  expect(await settle()).toBe(0);
});
