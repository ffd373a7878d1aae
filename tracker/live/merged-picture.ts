import type { PicturedViewer, SwarmPicture } from "./feed.js";
import { MAX_NETWORKS, MAX_PICTURED } from "./swarm-picture.js";

/**
 * One picture of what several trackers know of a stream's viewers. Each gets as much of it as it has viewers; lines are
 * between viewers of the same one.
 */
export function mergedPicture(pictures: readonly [SwarmPicture, ...SwarmPicture[]]): SwarmPicture {
  const [first] = pictures;
  const seen = pictures.filter(({ viewers }) => viewers > 0);
  const named = first.stream === undefined ? {} : { stream: first.stream };
  if (seen.length <= 1) return { ...(seen[0] ?? first), ...named };
  const viewers = seen.reduce((sum, picture) => sum + picture.viewers, 0);
  const networks = largestNetworks(seen);
  const nodes: PicturedViewer[] = [];
  const edges: SwarmPicture["edges"][number][] = [];
  for (const [index, picture] of seen.entries()) {
    const offset = nodes.length;
    const most = Math.ceil((MAX_PICTURED * picture.viewers) / viewers);
    const shown = picture.nodes.slice(0, most);
    for (const node of shown) {
      const name = picture.networks[node.network]?.name;
      const network = networks.findIndex((listed) => listed.name === name);
      nodes.push({ ...node, id: `${index + 1}.${node.id}`, network });
    }
    for (const { from, to, tier } of picture.edges)
      if (from < shown.length && to < shown.length)
        edges.push({ from: from + offset, to: to + offset, tier });
  }
  return {
    ...named,
    viewers,
    trackers: seen.length,
    swarms: Math.max(...seen.map(({ swarms }) => swarms)),
    networks,
    elsewhere: viewers - networks.reduce((sum, { viewers: listed }) => sum + listed, 0),
    nodes,
    edges,
  };
}

function largestNetworks(pictures: readonly SwarmPicture[]): SwarmPicture["networks"] {
  const sums = new Map<string, number>();
  for (const { networks } of pictures)
    for (const { name, viewers } of networks) sums.set(name, (sums.get(name) ?? 0) + viewers);
  return Array.from(sums, ([name, viewers]) => ({ name, viewers }))
    .sort((a, b) => b.viewers - a.viewers || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NETWORKS);
}
