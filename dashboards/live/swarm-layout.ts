import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";
import type { PicturedViewer, SwarmPicture } from "../../tracker/live/feed.js";
import { TIER_WORDS } from "./tier-words.js";

/** A viewer at its place in the picture. */
export interface PlacedViewer extends SimulationNodeDatum {
  viewer: PicturedViewer;
  /** How many others in the picture it was introduced to. */
  known: number;
}

export interface PlacedLine extends SimulationLinkDatum<PlacedViewer> {
  source: PlacedViewer;
  target: PlacedViewer;
  look: "near" | "country" | "far";
}

const LENGTH = { near: 34, country: 70, far: 110 };
const STRENGTH = { near: 0.5, country: 0.12, far: 0.05 };
const SETTLED_TICKS = 220;

/** Finds places for viewers: the nearer two of them are to each other in the network, the nearer in the picture. */
export class SwarmLayout {
  readonly #simulation: Simulation<PlacedViewer, PlacedLine>;
  readonly #links = forceLink<PlacedViewer, PlacedLine>()
    .distance(({ look }) => LENGTH[look])
    .strength(({ look }) => STRENGTH[look]);
  nodes: PlacedViewer[] = [];
  lines: PlacedLine[] = [];
  #shape = "";

  /** @param onMove called for each frame while places change. */
  constructor(onMove: () => void) {
    this.#simulation = forceSimulation<PlacedViewer, PlacedLine>()
      .force("links", this.#links)
      .force("apart", forceManyBody().strength(-55).distanceMax(320))
      .force("bodies", forceCollide(9))
      .force("x", forceX().strength(0.05))
      .force("y", forceY().strength(0.07))
      .on("tick", onMove)
      .stop();
  }

  /** Those who stay keep their places. */
  show({ nodes, edges }: SwarmPicture): void {
    const before = new Map(this.nodes.map((node) => [node.viewer.id, node]));
    this.nodes = nodes.map((viewer) => {
      const node = before.get(viewer.id) ?? { viewer, known: 0 };
      node.viewer = viewer;
      node.known = 0;
      return node;
    });
    this.lines = edges.flatMap(({ from, to, tier }) => {
      const [source, target] = [this.nodes[from], this.nodes[to]];
      if (source === undefined || target === undefined) return [];
      source.known += 1;
      target.known += 1;
      return [{ source, target, look: TIER_WORDS[tier].look }];
    });
    const shape = this.lines.map(({ source, target }) => `${source.viewer.id}-${target.viewer.id}`).join();
    const isSame =
      shape === this.#shape &&
      before.size === this.nodes.length &&
      this.nodes.every(({ viewer }) => before.has(viewer.id));
    this.#shape = shape;
    if (isSame) return;
    this.#simulation.nodes(this.nodes);
    this.#links.links(this.lines);
    if (before.size > 0 && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#simulation.alpha(0.4).restart();
      return;
    }
    // Nobody wants to watch how the first picture comes about.
    this.#simulation.alpha(1).stop().tick(SETTLED_TICKS);
  }

  clear(): void {
    this.#simulation.stop();
    this.nodes = [];
    this.lines = [];
    this.#shape = "";
  }
}
