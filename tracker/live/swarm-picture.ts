import { capabilityOf } from "../../player/protocol/index.js";
import type { Member } from "../member.js";
import { TIERS, tierBetween } from "../nearness/place.js";
import type { Visitor } from "../visitor.js";
import { addressText } from "./address-text.js";
import type { PicturedViewer, SwarmPicture } from "./feed.js";
import { NetworkCounts, networkName } from "./networks-of-viewers.js";

/** More than that nobody can tell apart in a picture. */
export const MAX_PICTURED = 150;
/** Neighbourhoods that a large swarm's picture is put together from. */
const SAMPLED_NEIGHBOURHOODS = 4;
export const MAX_NETWORKS = 8;

/** A viewer with its peers, one for each rendition or audio track. */
interface Viewer {
  readonly visitor: Visitor;
  readonly peers: { readonly swarm: number; readonly member: Member }[];
}

/**
 * Draws the viewers of one stream. Of a large swarm it shows some neighbourhoods, the same ones from one picture to the
 * next: viewers by chance would hardly know each other.
 *
 * @param swarms the members that watch the stream, by swarm.
 */
export function pictureSwarm(
  swarms: readonly (readonly Member[])[],
  options: {
    readonly stream: string | undefined;
    readonly withAddresses: boolean;
    /** Of the operator's networks. */
    readonly nameOf: (network: number) => string | undefined;
  },
): SwarmPicture {
  const viewers = viewersOf(swarms);
  const acquainted = acquaintances(swarms, viewers);
  const shown = sample([...viewers.values()], acquainted);
  const counts = new NetworkCounts();
  const nameOf = ({ place }: Visitor) => networkName(place, options.nameOf(place.network));
  for (const { visitor } of viewers.values()) counts.add(nameOf(visitor));
  const networks = counts.largest(MAX_NETWORKS);
  const index = new Map(shown.map((viewer, place) => [viewer, place]));
  return {
    ...(options.stream !== undefined && { stream: options.stream }),
    viewers: viewers.size,
    trackers: 1,
    swarms: swarms.length,
    networks,
    elsewhere: viewers.size - networks.reduce((sum, { viewers: listed }) => sum + listed, 0),
    nodes: shown.map(({ visitor, peers }): PicturedViewer => {
      const name = nameOf(visitor);
      return {
        id: `${visitor.number}`,
        network: networks.findIndex((network) => network.name === name),
        mayUpload: peers.some(({ member }) => capabilityOf(member.peerId) !== "leech"),
        ...(options.withAddresses && { address: addressText(visitor.place) }),
      };
    }),
    edges: shown.flatMap((viewer, from) =>
      acquainted(viewer).flatMap((other) => {
        const to = index.get(other);
        if (to === undefined || to <= from) return [];
        const tier = TIERS[tierBetween(viewer.visitor.place, other.visitor.place)] ?? "anyone";
        return [{ from, to, tier }];
      }),
    ),
  };
}

/** By the numbers of their connections. */
function viewersOf(swarms: readonly (readonly Member[])[]): Map<number, Viewer> {
  const viewers = new Map<number, Viewer>();
  for (const [swarm, members] of swarms.entries()) {
    for (const member of members) {
      const { visitor } = member;
      const viewer = viewers.get(visitor.number) ?? { visitor, peers: [] };
      viewers.set(visitor.number, viewer);
      viewer.peers.push({ swarm, member });
    }
  }
  return viewers;
}

/** Whom a viewer was introduced to lately, in any of its swarms; without those who have left. */
function acquaintances(
  swarms: readonly (readonly Member[])[],
  viewers: ReadonlyMap<number, Viewer>,
): (viewer: Viewer) => Viewer[] {
  const bySerial = swarms.map(
    (members) => new Map(members.map((member) => [member.resident?.serial, member.visitor.number])),
  );
  return ({ visitor, peers }) => {
    const numbers = new Set(
      peers.flatMap(({ swarm, member }) =>
        (member.resident?.met ?? []).map((serial) => bySerial[swarm]?.get(serial)),
      ),
    );
    numbers.delete(visitor.number);
    return [...numbers].flatMap((number) => viewers.get(number ?? -1) ?? []);
  };
}

function sample(viewers: readonly Viewer[], acquainted: (viewer: Viewer) => Viewer[]): Viewer[] {
  const inOrder = [...viewers].sort((a, b) => scattered(a) - scattered(b));
  if (inOrder.length <= MAX_PICTURED) return inOrder;
  const shown = new Set<Viewer>();
  const size = Math.ceil(MAX_PICTURED / SAMPLED_NEIGHBOURHOODS);
  for (const seed of inOrder) {
    if (shown.size >= MAX_PICTURED) break;
    if (!shown.has(seed)) explore(seed, acquainted, shown, Math.min(size, MAX_PICTURED - shown.size));
  }
  return [...shown];
}

/** Adds a viewer, those it knows, those they know and so on, the nearest first. */
function explore(
  seed: Viewer,
  acquainted: (viewer: Viewer) => Viewer[],
  shown: Set<Viewer>,
  size: number,
): void {
  const most = shown.size + size;
  const waiting = new Set([seed]);
  for (const viewer of waiting) {
    if (shown.size >= most) return;
    shown.add(viewer);
    const known = acquainted(viewer).filter((other) => !shown.has(other));
    const distance = ({ visitor }: Viewer) => tierBetween(viewer.visitor.place, visitor.place);
    for (const other of known.sort((a, b) => distance(a) - distance(b) || scattered(a) - scattered(b))) {
      waiting.add(other);
    }
  }
}

/** Numbers of connections in an order that has nothing to do with when they came (Knuth's multiplicative hash). */
function scattered({ visitor }: Viewer): number {
  return Math.imul(visitor.number, 2_654_435_761) >>> 0;
}
