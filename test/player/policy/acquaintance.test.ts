import fc from "fast-check";
import { expect, test } from "vitest";
import {
  announceAgainMs,
  mayMeetAnother,
  offersWanted,
  USUAL_PEER_COUNTS,
} from "../../../player/policy/acquaintance.js";

const { enough, most } = USUAL_PEER_COUNTS;

const count = fc.nat({ max: 200 });

test("a newcomer calls as many as the tracker's client can in one announce", () => {
  expect(offersWanted(0, undefined, 0)).toBe(5);
  expect(offersWanted(0, 1_000, 0)).toBe(5);
});

test.each([
  [0, 2, 2],
  [3, 5, 2],
  [7, 7, 1],
  [4, 0, 1],
  [8, 100, 2],
])("with %s peers among %s others, %s are called", (peers, others, offers) => {
  expect(offersWanted(peers, others, 10)).toBe(offers);
});

test.each([
  ["two of three are met", 2, 3, 3],
  ["six of seven are met, and the tracker's client makes five offers", 6, 7, 5],
  ["all are met", 3, 3, 1],
  ["the swarm is large", 8, 100, 2],
])("for a while after a loss, all in a small swarm are called: %s", (_, peers, others, offers) => {
  for (const announces of [1, 2, 3]) expect(offersWanted(peers, others, announces)).toBe(offers);
});

test("whoever has enough peers calls nobody, and whoever has too few always calls somebody", () => {
  fc.assert(
    fc.property(
      count,
      fc.option(count, { nil: undefined }),
      fc.nat({ max: 10 }),
      (peers, others, announces) => {
        const offers = offersWanted(peers, others, announces);
        if (peers >= enough) expect(offers).toBe(0);
        else expect(offers).toBeGreaterThan(0);
        expect(offers).toBeLessThanOrEqual(Math.min(5, Math.max(1, others ?? enough)));
        if (announces > 3) expect(peers + offers).toBeLessThanOrEqual(Math.max(enough, peers));
      },
    ),
  );
});

test("where everybody has called enough others, there is room for a newcomer", () => {
  // Each connection has one caller, so that the mean number of peers is at most twice what one calls.
  expect(mayMeetAnother(2 * enough)).toBe(true);
  expect(mayMeetAnother(most)).toBe(false);
});

test.each([
  ["a small swarm, not all of whom are met", 5, 7, true],
  ["a small swarm, all of whom are met", 7, 7, false],
  ["a large swarm and few peers", 3, 1_000, true],
  ["a large swarm and half of what is wanted", 5, 1_000, false],
  ["nobody else", 0, 0, false],
])("in %s: whether the next announce comes before the interval", (_, peers, others, expected) => {
  expect(announceAgainMs(peers, others, 1, 0.5) !== undefined).toBe(expected);
});

test("announces come ever more rarely, and then at the tracker's interval", () => {
  const all = [1, 2, 3, 4].map((announces) => announceAgainMs(0, 7, announces, 0.5));
  expect(all).toEqual([4_000, 8_000, 16_000, undefined]);
});
