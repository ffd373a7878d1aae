import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../loadtest/bench/random.js";
import { Neighbourhoods } from "../../../tracker/nearness/neighbourhoods.js";
import { createPlace, type Place, tierBetween } from "../../../tracker/nearness/place.js";
import type { Resident } from "../../../tracker/nearness/resident.js";
import { SHARD_CAPACITY } from "../../../tracker/nearness/shard.js";
import { reachableFrom } from "../../support/reachable.js";

/** Few values, so that places often have something in common. */
const place: fc.Arbitrary<Place> = fc
  .record({
    country: fc.constantFrom(undefined, 1, 2),
    asn: fc.constantFrom(undefined, 10, 4_200_000_000),
    network: fc.constantFrom(undefined, undefined, 5),
    prefix: fc.constantFrom(-1, -2, -300, 2 ** 45, 2 ** 45 + 1, 2 ** 45 + 2 ** 33),
    host: fc.nat(3),
  })
  .map(({ prefix, host, ...facts }) => createPlace({ prefix, host }, facts));

type Step =
  | { readonly kind: "join"; readonly place: Place; readonly times: number }
  | { readonly kind: "leave"; readonly which: number; readonly times: number }
  | { readonly kind: "introduce"; readonly which: number; readonly count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("join" as const), place, times: fc.integer({ min: 1, max: 120 }) }),
  fc.record({
    kind: fc.constant("leave" as const),
    which: fc.nat(),
    times: fc.integer({ min: 1, max: 120 }),
  }),
  fc.record({ kind: fc.constant("introduce" as const), which: fc.nat(), count: fc.nat(12) }),
);

test("whoever joined and has not left is in one shard of bounded size, and is introduced to as many others as asked for", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
      const swarm = new Neighbourhoods<number>({ random: seededRandom(seed) });
      const present: Resident<number>[] = [];
      let next = 0;
      for (const step of steps) {
        if (step.kind === "join") {
          for (let time = 0; time < step.times; time++) present.push(swarm.join(next++, step.place));
        } else if (step.kind === "leave") {
          for (const gone of present.splice(step.which % (present.length || 1), step.times))
            swarm.leave(gone);
        } else {
          const resident = present[step.which % (present.length || 1)];
          if (resident === undefined) continue;
          const met = swarm.introduce(resident, step.count);
          expect(met).toHaveLength(Math.min(step.count, present.length - 1));
          expect(new Set(met).size).toBe(met.length);
          expect(met).not.toContain(resident);
          for (const other of met) expect(present).toContain(other);
        }
        expect(swarm.size).toBe(present.length);
        expect(swarm.shardSizes.reduce((sum, size) => sum + size, 0)).toBe(present.length);
        expect(Math.max(0, ...swarm.shardSizes)).toBeLessThanOrEqual(SHARD_CAPACITY);
        expect(Math.min(1, ...swarm.shardSizes)).toBe(1);
      }
      expect(new Set([...swarm.all()])).toEqual(new Set(present));
    }),
  );
});

test("a shard knows of each of its residents how near it is to any other, how often it was introduced and who it is", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), place, fc.nat(), (steps, from, seed) => {
      const swarm = new Neighbourhoods<number>({ random: seededRandom(seed) });
      const present: Resident<number>[] = [];
      for (const step of steps) {
        if (step.kind === "join") {
          for (let time = 0; time < step.times; time++) present.push(swarm.join(time, step.place));
        } else if (step.kind === "leave") {
          for (const gone of present.splice(step.which % (present.length || 1), step.times))
            swarm.leave(gone);
        } else {
          const resident = present[step.which % (present.length || 1)];
          if (resident !== undefined) swarm.introduce(resident, step.count);
        }
      }
      for (const { shard, index, place, introductions, serial } of present) {
        expect(shard?.tierTo(from, index)).toBe(tierBetween(from, place));
        expect(shard?.introductionsOf(index)).toBe(introductions);
        expect(shard?.serialOf(index)).toBe(serial);
      }
    }),
  );
});

test("in a small swarm nobody is introduced while somebody nearer, not met and allowed, is left out; but for the random fifth", () => {
  fc.assert(
    fc.property(
      fc.array(place, { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat(),
      (places, count, seed) => {
        const swarm = new Neighbourhoods<number>({ random: seededRandom(seed) });
        const residents = places.map((at, index) => swarm.join(index, at));
        const [self] = residents;
        if (self === undefined) return;
        const allows = (other: number) => other % 7 !== 3;
        const met = swarm.introduce(self, count, allows);
        for (const other of met) expect(allows(other.item)).toBe(true);
        const near = met.slice(0, count - Math.ceil(count * 0.2));
        const farthest = Math.max(-1, ...near.map((other) => tierBetween(self.place, other.place)));
        const leftOut = residents.filter(
          (other) => other !== self && allows(other.item) && !met.includes(other),
        );
        for (const other of leftOut)
          expect(tierBetween(self.place, other.place)).toBeGreaterThanOrEqual(farthest);
      },
    ),
  );
});

test("among equally near peers those with few introductions come first, and whoever was met comes last", () => {
  const swarm = new Neighbourhoods<string>({ random: () => 0 });
  const at = (host: number) => createPlace({ prefix: -1, host });
  const [a, b, c] = ["a", "b", "c"].map((name, index) => swarm.join(name, at(index)));
  const far = swarm.join("far", createPlace({ prefix: -500, host: 0 }));
  if (a === undefined || b === undefined || c === undefined) throw new Error("unreachable");
  expect(swarm.introduce(b, 1)).toHaveLength(1);
  const [fresh] = [a, c].filter((one) => one.introductions === 0);
  const newcomer = swarm.join("newcomer", at(9));
  expect(swarm.introduce(newcomer, 1)).toEqual([fresh]);
  swarm.introduce(newcomer, 2);
  expect(swarm.introduce(newcomer, 1)).toEqual([far]);
});

/** Networks of the same size, every peer with an address of its own. */
function populate(swarm: Neighbourhoods<number>, options: { networks: number; peersEach: number }) {
  const residents: Resident<number>[] = [];
  for (let peer = 0; peer < options.peersEach; peer++) {
    for (let network = 0; network < options.networks; network++) {
      const address = { prefix: -1 - network * 5000 - peer * 7, host: peer % 256 };
      residents.push(swarm.join(network, createPlace(address, { asn: network })));
    }
  }
  return residents;
}

test("a thousand peers in fifty networks: three quarters of the introductions stay inside, and the graph of them is connected", () => {
  const swarm = new Neighbourhoods<number>({ random: seededRandom(1) });
  const residents = populate(swarm, { networks: 50, peersEach: 20 });
  const links = residents.map((resident) => ({ resident, met: swarm.introduce(resident, 5) }));
  const pairs = links.flatMap(({ resident, met }) => met.map((other) => [resident, other] as const));
  const inside = pairs.filter(([one, other]) => one.item === other.item);
  expect(inside.length / pairs.length).toBeGreaterThanOrEqual(0.75);
  expect(reachableFrom(residents[0], pairs)).toBe(1000);
});

test.each([
  { asns: 1, countries: 1 },
  { asns: 4, countries: 1 },
  { asns: 8, countries: 3 },
])(
  "three quarters of the introductions stay inside networks of $asns ASNs in $countries countries, and the graph of them is connected",
  ({ asns, countries }) => {
    const swarm = new Neighbourhoods<number>({ random: seededRandom(1) });
    const residents: Resident<number>[] = [];
    for (let peer = 0; peer < 20; peer++) {
      for (let network = 0; network < 50; network++) {
        // ASNs have viewers of several networks, as those have of several ASNs.
        const place = createPlace(
          { prefix: -1 - network * 5000 - peer * 300, host: peer },
          {
            network,
            asn: (network * 3 + (peer % asns)) % 60,
            country: (network + (peer % countries)) % 4,
          },
        );
        residents.push(swarm.join(network, place));
      }
    }
    const pairs: (readonly [Resident<number>, Resident<number>])[] = [];
    for (const round of [0, 1])
      for (const resident of residents)
        for (const other of swarm.introduce(resident, 5 + round)) pairs.push([resident, other]);
    const inside = pairs.filter(([one, other]) => one.item === other.item);
    expect(inside.length / pairs.length).toBeGreaterThanOrEqual(0.75);
    expect(reachableFrom(residents[0], pairs)).toBe(1000);
  },
);

test("a network that all have left may live elsewhere when some come again", () => {
  const swarm = new Neighbourhoods<string>({ random: seededRandom(4) });
  const at = (host: number, network: number | undefined, asn: number) =>
    createPlace({ prefix: -1 - host * 256, host }, { network, asn, country: asn });
  // Neighbours enough for each ASN to have shards of its own.
  for (let host = 0; host < 400; host++) swarm.join(`asn ${host % 2}`, at(host, undefined, host % 2));
  const meets = (host: number, network: number, asn: number) => {
    const resident = swarm.join("", at(host, network, asn));
    const met = swarm.introduce(resident, 20).map(({ item }) => item);
    swarm.leave(resident);
    swarm.leave(resident);
    return met.filter((item) => item === `asn ${asn}`).length;
  };
  expect(meets(500, 7, 0)).toBeGreaterThanOrEqual(15);
  expect(meets(501, 7, 1)).toBeGreaterThanOrEqual(15);
});

test("a pick looks at no more peers in a swarm of fifty thousand than in one of a thousand", () => {
  const looks = (peersEach: number) => {
    const swarm = new Neighbourhoods<number>({ random: seededRandom(2) });
    const residents = populate(swarm, { networks: 10, peersEach });
    let looked = 0;
    for (const resident of residents.slice(0, 200)) {
      swarm.introduce(resident, 5, () => {
        looked += 1;
        return true;
      });
    }
    return looked / 200;
  };
  expect(looks(5000)).toBeLessThan(SHARD_CAPACITY + 50);
  expect(looks(100)).toBeLessThan(SHARD_CAPACITY + 50);
});
