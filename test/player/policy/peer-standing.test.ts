import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isTrusted,
  judgePeer,
  type PeerDeed,
  type PeerStanding,
  UNKNOWN_PEER,
} from "../../../player/policy/peer-standing.js";

const deeds = fc.constantFrom<PeerDeed>("delivered", "absent", "silent", "broken-off", "wrong", "flood");

function after(all: readonly PeerDeed[], everyMs: number, standing: PeerStanding = UNKNOWN_PEER) {
  let nowMs = 0;
  let judged = judgePeer(standing, "delivered", nowMs);
  for (const deed of all) {
    nowMs += everyMs;
    judged = judgePeer(judged.standing, deed, nowMs);
  }
  return { ...judged, nowMs };
}

test("one who pollutes or floods is dropped at once, for a quarter of an hour", () => {
  for (const deed of ["wrong", "flood"] as const) {
    expect(judgePeer(UNKNOWN_PEER, deed, 1_000).judgement).toEqual({ at: "drop", untilMs: 901_000 });
  }
});

test("one who keeps failing is distrusted, then dropped, each time for longer", () => {
  const once = after(["silent", "silent"], 1_000);
  expect(once.judgement.at).toBe("distrust");
  const first = judgePeer(once.standing, "broken-off", 3_000);
  // Blame fades a little between the deeds.
  const dropped = first.judgement.at === "drop" ? first : judgePeer(first.standing, "silent", 3_500);
  expect(dropped.judgement).toMatchObject({ at: "drop" });
  const bans: number[] = [];
  let { standing } = dropped;
  let nowMs = standing.atMs;
  for (let drops = 0; drops < 6; drops++) {
    for (;;) {
      const next = judgePeer(standing, "silent", nowMs);
      standing = next.standing;
      if (next.judgement.at !== "drop") continue;
      bans.push(next.judgement.untilMs - nowMs);
      nowMs = next.judgement.untilMs;
      break;
    }
  }
  expect(bans).toEqual([...bans].sort((a, b) => a - b));
  expect(bans[0]).toBe(120_000);
  expect(bans.at(-1)).toBe(900_000);
});

test("one with a narrow uplink, who is busy twice a second and delivers now and then, is kept", () => {
  const busy: PeerDeed[] = Array.from({ length: 2_000 }, (_, index) =>
    index % 100 === 99 ? "delivered" : "absent",
  );
  expect(after(busy, 500).judgement.at).toBe("ask");
});

test("one who announces what it never has is not counted on, and in the end dropped", () => {
  const empty = Array<PeerDeed>(400).fill("absent");
  const { standing, nowMs } = after(empty.slice(0, 160), 50);
  expect(isTrusted(standing, nowMs)).toBe(false);
  expect(empty.some((_, index) => after(empty.slice(0, index), 50).judgement.at === "drop")).toBe(true);
});

test("blame fades: who has done nothing for ten minutes is as good as new", () => {
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 30 }), (all) => {
      const { standing, nowMs } = after(all, 100);
      const freeMs = Math.max(nowMs, standing.atMs) + 600_000;
      expect(isTrusted(standing, freeMs)).toBe(true);
      expect(standing.blame).toBeGreaterThanOrEqual(0);
    }),
  );
});
