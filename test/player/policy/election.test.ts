import fc from "fast-check";
import { expect, test } from "vitest";
import { seedingRank, seedingWeight } from "../../../player/policy/election.js";
import { createPeerId } from "../../../player/protocol/index.js";

const peerIds = fc.string({ minLength: 1, maxLength: 20 });
const swarms = fc.uniqueArray(peerIds, { minLength: 1, maxLength: 20 });
const segments = fc.string({ maxLength: 30 });

function ranks(segment: string, swarm: readonly string[]): number[] {
  return swarm.map((self) => seedingRank(segment, self, swarm));
}

/** Peer ids as a swarm has them, the same in every run. */
function swarmOf(size: number): string[] {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: size }, () => createPeerId("seed", random));
}

test("in a full mesh the ranks are 0 to n - 1, each once", () => {
  fc.assert(
    fc.property(segments, swarms, (segment, swarm) => {
      expect(ranks(segment, swarm).sort((a, b) => a - b)).toEqual(swarm.map((_, index) => index));
    }),
  );
});

test("a peer's rank depends neither on the order of the others nor on duplicates or itself among them", () => {
  fc.assert(
    fc.property(segments, swarms, fc.infiniteStream(fc.nat()), (segment, swarm, chances) => {
      const [self = "", ...others] = swarm;
      const shuffled = [...swarm, ...others]
        .map((id) => ({ id, place: chances.next().value }))
        .sort((a, b) => a.place - b.place)
        .map(({ id }) => id);
      expect(seedingRank(segment, self, shuffled)).toBe(seedingRank(segment, self, others));
    }),
  );
});

test("who leaves moves up those behind it by one, and nobody else", () => {
  fc.assert(
    fc.property(segments, swarms, fc.nat(), (segment, swarm, place) => {
      const gone = swarm[place % swarm.length] as string;
      const rankOfGone = seedingRank(segment, gone, swarm);
      const rest = swarm.filter((id) => id !== gone);
      for (const self of rest) {
        const before = seedingRank(segment, self, swarm);
        expect(seedingRank(segment, self, rest)).toBe(before > rankOfGone ? before - 1 : before);
      }
    }),
  );
});

test("who leaves hands over exactly the segments that it had won", () => {
  const swarm = swarmOf(10);
  const [gone, ...rest] = swarm;
  const winner = (segment: string, among: readonly string[]) =>
    among.find((self) => seedingRank(segment, self, among) === 0);
  for (let number = 0; number < 500; number++) {
    const before = winner(`f720/${number}`, swarm);
    const after = winner(`f720/${number}`, rest);
    if (before === gone) expect(after).toBeDefined();
    else expect(after).toBe(before);
  }
});

test.each([2, 5, 40])("%i peers win and back up equal shares of the segments", (size) => {
  const swarm = swarmOf(size);
  const expected = 100;
  const won = new Array<number>(size).fill(0);
  const backedUp = new Array<number>(size).fill(0);
  for (let number = 0; number < expected * size; number++) {
    for (const [place, rank] of ranks(`f720/${number}`, swarm).entries()) {
      if (rank === 0) won[place] = (won[place] ?? 0) + 1;
      if (rank === 1) backedUp[place] = (backedUp[place] ?? 0) + 1;
    }
  }
  // Four and a half standard deviations of a fair lot.
  for (const count of [...won, ...backedUp]) expect(Math.abs(count - expected)).toBeLessThan(45);
});

test("peers whose ids differ in the last character alone take turns, too", () => {
  const swarm = [..."abcd"].map((last) => `-NC1S-0123456789abc${last}`);
  let repeated = 0;
  const times = new Array<number>(swarm.length).fill(0);
  let previous = -1;
  for (let number = 1000; number < 3000; number++) {
    const winner = ranks(`f720/${number}`, swarm).indexOf(0);
    times[winner] = (times[winner] ?? 0) + 1;
    if (winner === previous) repeated++;
    previous = winner;
  }
  for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(100);
  // Of independent lots with four outcomes, a quarter repeats the one before.
  expect(Math.abs(repeated - 500)).toBeLessThan(100);
});

test("peers of equal weight are ordered by id", () => {
  const seen = new Map<number, string>();
  let pair: [string, string] | undefined;
  for (let number = 0; !pair && number < 500_000; number++) {
    const id = `-NC1S-${`${number}`.padStart(14, "0")}`;
    const weight = seedingWeight("f720/7", id);
    const other = seen.get(weight);
    if (other !== undefined) pair = [other, id];
    seen.set(weight, id);
  }
  const [lower, higher] = pair as [string, string];
  expect(seedingWeight("f720/7", lower)).toBe(seedingWeight("f720/7", higher));
  expect(seedingRank("f720/7", higher, [lower])).toBe(0);
  expect(seedingRank("f720/7", lower, [higher])).toBe(1);
});

test("weights are whole numbers from 0 to 2^32 - 1", () => {
  fc.assert(
    fc.property(segments, peerIds, (segment, id) => {
      const weight = seedingWeight(segment, id);
      expect(Number.isInteger(weight) && weight >= 0 && weight < 2 ** 32).toBe(true);
    }),
  );
});
