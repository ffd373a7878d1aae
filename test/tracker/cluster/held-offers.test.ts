import { expect, test } from "vitest";
import { HeldOffers } from "../../../tracker/cluster/held-offers.js";
import type { LocalMember } from "../../../tracker/local-member.js";
import type { Offer } from "../../../tracker/wire/announce.js";

const alice = { peerId: "alice" } as unknown as LocalMember;
const bob = { peerId: "bob" } as unknown as LocalMember;
const offers = [{ offerId: "1", sdp: "sdp" }] as unknown as readonly Offer[];
const MINUTE_MS = 60_000;

test("offers wait for whoever is chosen, and are given away once", () => {
  const held = new HeldOffers();
  const turn = held.hold(alice, offers, 0);
  expect(held.take(bob, turn, 1)).toEqual([]);
  expect(held.take(alice, turn, 1)).toBe(offers);
  expect(held.take(alice, turn, 1)).toEqual([]);
});

test("of each member only the offers of its latest announce are held", () => {
  const held = new HeldOffers();
  const first = held.hold(alice, offers, 0);
  const second = held.hold(alice, [...offers], 1);
  held.hold(bob, offers, 1);
  expect(held.size).toBe(2);
  expect(held.take(alice, first, 2)).toEqual([]);
  expect(held.take(alice, second, 2)).toEqual(offers);
});

test("offers that nobody was chosen for in time are let go", () => {
  const held = new HeldOffers();
  const turn = held.hold(alice, offers, 0);
  expect(held.take(alice, turn, MINUTE_MS)).toEqual([]);
  held.hold(alice, offers, 0);
  const later = held.hold(bob, offers, MINUTE_MS);
  held.expire(MINUTE_MS);
  expect(held.size).toBe(1);
  expect(held.take(bob, later, MINUTE_MS)).toBe(offers);
});

test("nothing is held of a member that has left, nor of one that makes no offers", () => {
  const held = new HeldOffers();
  held.hold(alice, offers, 0);
  held.drop(alice);
  held.hold(bob, [], 0);
  expect(held.size).toBe(0);
});
