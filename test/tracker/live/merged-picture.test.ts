import { expect, test } from "vitest";
import type { SwarmPicture } from "../../../tracker/live/feed.js";
import { mergedPicture } from "../../../tracker/live/merged-picture.js";
import { MAX_PICTURED } from "../../../tracker/live/swarm-picture.js";

/** Viewers of one tracker, each introduced to the next one. */
function pictured(viewers: number, name: string): SwarmPicture {
  const shown = Math.min(viewers, MAX_PICTURED);
  return {
    viewers,
    trackers: 1,
    swarms: 2,
    networks: viewers === 0 ? [] : [{ name, viewers }],
    elsewhere: 0,
    nodes: Array.from({ length: shown }, (_, index) => ({ id: `${index}`, network: 0, mayUpload: true })),
    edges: Array.from({ length: Math.max(0, shown - 1) }, (_, from) => ({
      from,
      to: from + 1,
      tier: "asn" as const,
    })),
  };
}

test("viewers of several trackers are in one picture, each once, with lines between them", () => {
  const merged = mergedPicture([pictured(2, "AS1"), pictured(3, "AS2")]);
  expect(merged).toMatchObject({ viewers: 5, trackers: 2, swarms: 2, elsewhere: 0 });
  expect(merged.networks.map(({ name }) => name)).toEqual(["AS2", "AS1"]);
  expect(merged.nodes.map(({ id, network }) => `${id} ${network}`)).toEqual([
    "1.0 1",
    "1.1 1",
    "2.0 0",
    "2.1 0",
    "2.2 0",
  ]);
  expect(merged.edges.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [2, 3],
    [3, 4],
  ]);
});

test("a picture of large swarms stays one that can be looked at, by their sizes", () => {
  const { nodes, edges } = mergedPicture([pictured(3000, "AS1"), pictured(1000, "AS2")]);
  expect(nodes.length).toBeLessThanOrEqual(MAX_PICTURED + 2);
  expect(nodes.filter(({ id }) => id.startsWith("1.")).length).toBeGreaterThan(MAX_PICTURED / 2);
  for (const { from, to } of edges) expect(Math.max(from, to)).toBeLessThan(nodes.length);
});

test("where only one tracker has viewers, its picture is the picture", () => {
  const only = pictured(3, "AS1");
  expect(mergedPicture([pictured(0, "AS1"), only])).toEqual(only);
});
