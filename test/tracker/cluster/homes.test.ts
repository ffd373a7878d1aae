import { expect, test } from "vitest";
import { Homes } from "../../../tracker/cluster/homes.js";

function after(...announces: readonly (readonly [atHome: number, all: number])[]): Homes {
  const homes = new Homes();
  for (const [atHome, all] of announces) homes.note("home", atHome, all);
  return homes;
}

test("offers go along to a home that has had most of those that it has chosen lately", () => {
  expect(after().takesOffers("home")).toBe(false);
  expect(after([5, 5]).takesOffers("home")).toBe(false);
  const mostly = Array.from({ length: 10 }, () => [4, 5] as const);
  expect(after(...mostly).takesOffers("home")).toBe(true);
  expect(after(...mostly).takesOffers("another")).toBe(false);
});

test("a home that has not had most of them any more is sent none", () => {
  const before = Array.from({ length: 50 }, () => [5, 5] as const);
  const since = Array.from({ length: 4 }, () => [0, 5] as const);
  expect(after(...before, ...since).takesOffers("home")).toBe(false);
  expect(after(...since, ...before).takesOffers("home")).toBe(true);
});

test("announces that nobody was chosen for say nothing", () => {
  const before = Array.from({ length: 10 }, () => [5, 5] as const);
  const since = Array.from({ length: 50 }, () => [0, 0] as const);
  expect(after(...before, ...since).takesOffers("home")).toBe(true);
});

test("nothing is kept of nodes that are gone", () => {
  const homes = after(...Array.from({ length: 10 }, () => [5, 5] as const));
  homes.forget(["another", "home"]);
  expect(homes.takesOffers("home")).toBe(false);
});
