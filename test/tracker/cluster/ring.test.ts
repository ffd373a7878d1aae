import fc from "fast-check";
import { expect, test } from "vitest";
import { type Beat, Nodes } from "../../../tracker/cluster/nodes.js";
import { checkRedisUrl } from "../../../tracker/cluster/redis-url.js";
import { Ring } from "../../../tracker/cluster/ring.js";
import { shardCount, shardOf } from "../../../tracker/cluster/shards.js";
import { createPlace } from "../../../tracker/nearness/place.js";
import { OptionError } from "../../../tracker/options.js";

const KEYS = Array.from({ length: 3000 }, (_, number) => `stream-${number}/0`);
const nodesOf = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ id: `node-${number}`, url: "" }));
const owners = (ring: Ring) => KEYS.map((key) => ring.ownerOf(key)?.id);

test("nodes share keys out evenly, and come to the same result in whatever order they know each other", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(nodesOf(8), { minLength: 2, maxLength: 8 }), (nodes) => {
      const ring = new Ring(nodes);
      expect(owners(new Ring([...nodes].reverse()))).toEqual(owners(ring));
      for (const { id } of nodes) {
        const share = owners(ring).filter((owner) => owner === id).length / KEYS.length;
        expect(Math.abs(share * nodes.length - 1)).toBeLessThan(0.25);
      }
    }),
    { numRuns: 20 },
  );
});

test("a node that comes takes its share and nothing else moves; when it goes, all is as before", () => {
  const before = owners(new Ring(nodesOf(4)));
  const after = owners(new Ring(nodesOf(5)));
  const moved = after.filter((owner, index) => owner !== before[index]);
  expect(new Set(moved)).toEqual(new Set(["node-4"]));
  expect(moved.length / KEYS.length).toBeLessThan(0.25);
});

test("neighbours are in one shard, a big stream is divided evenly, and a split moves half", () => {
  const at = (asn: number, host = 0) => createPlace({ prefix: -1 - asn * 300 - host, host }, { asn });
  expect([0, 5000, 5001, 40_000, 2 ** 40].map(shardCount)).toEqual([1, 1, 2, 8, 1024]);
  for (let asn = 0; asn < 50; asn++) expect(shardOf(at(asn, 1), 8)).toBe(shardOf(at(asn, 2), 8));
  const ofNetwork = (asn: number) => createPlace({ prefix: -1 - asn * 300, host: 1 }, { asn, network: 7 });
  for (let asn = 0; asn < 50; asn++) expect(shardOf(ofNetwork(asn), 8)).toBe(shardOf(ofNetwork(0), 8));
  const places = Array.from({ length: 4000 }, (_, asn) => at(asn));
  for (let shard = 0; shard < 4; shard++) {
    const share = places.filter((place) => shardOf(place, 4) === shard).length / places.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
  }
  expect(places.every((place) => shardOf(place, 8) % 4 === shardOf(place, 4))).toBe(true);
});

test("a node that has stopped its heartbeat is gone; one that drains keeps its place but gets nothing new", () => {
  const nodes = new Nodes({ id: "a", url: "" }, { intervalMs: 1000 });
  const beat = (id: string, number: number, draining = false): Beat => ({
    id,
    url: "",
    beat: number,
    draining,
    viewers: {},
  });
  const ids = () => nodes.ring.nodes.map(({ id }) => id).sort();
  nodes.update([beat("b", 1), beat("c", 1)], 0);
  expect(ids()).toEqual(["a", "b", "c"]);
  expect(nodes.update([beat("b", 2), beat("c", 1)], 4000).gone).toEqual([]);
  expect(nodes.update([beat("b", 3), beat("c", 1)], 4001).gone).toEqual(["c"]);
  expect(ids()).toEqual(["a", "b"]);
  expect(nodes.update([beat("b", 4, true), beat("c", 2)], 5000).gone).toEqual([]);
  expect(ids()).toEqual(["a", "c"]);
  nodes.drain(5000);
  expect(ids()).toEqual(["c"]);
  expect(nodes.update([beat("b", 5)], 64_002).forgotten).toEqual([]);
});

test.each([
  "redis://h",
  "redis://:secret@h:6379/0",
  "rediss://h:1",
  "redis+sentinel://a:1,b:2/group",
  "redis+cluster://a,b",
])("%s is taken", (url) => {
  checkRedisUrl(url);
});

test.each(["h:6379", "http://h", "redis://", "redis://h:99999", "rediss://a,b", "redis+sentinel://"])(
  "%s is refused",
  (url) => {
    expect(() => checkRedisUrl(url)).toThrow(OptionError);
  },
);
