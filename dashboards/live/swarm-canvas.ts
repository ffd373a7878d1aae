import type { PlacedViewer, SwarmLayout } from "./swarm-layout.js";

const RADIUS = 6;
const MARGIN = 22;
/** A picture of few viewers is not blown up. */
const LARGEST_SCALE = 1.6;
/** As in pages/colours.ts, which people with any colour vision can tell apart; the last is for what is not listed. */
const NETWORK_COLOURS = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#8c6bb1",
  "#7f6000",
];
const OTHER_COLOUR = "#8a94a0";

export function networkColour(network: number): string {
  return NETWORK_COLOURS[network] ?? OTHER_COLOUR;
}

/** Draws a swarm, and tells what is under the pointer. */
export class SwarmCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #layout: SwarmLayout;
  #view = { scale: 1, x: 0, y: 0 };

  constructor(canvas: HTMLCanvasElement, layout: SwarmLayout) {
    this.#canvas = canvas;
    this.#layout = layout;
    const draw = () => this.draw();
    new ResizeObserver(draw).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }

  draw(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    this.#view = this.#fit(clientWidth, clientHeight);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    this.#drawLines(context);
    this.#drawViewers(context);
  }

  /** @param at in pixels of the canvas. */
  viewerAt(at: { readonly x: number; readonly y: number }): PlacedViewer | undefined {
    const distance = (node: PlacedViewer) => Math.hypot(this.#x(node) - at.x, this.#y(node) - at.y);
    const [nearest] = [...this.#layout.nodes].sort((a, b) => distance(a) - distance(b));
    return nearest !== undefined && distance(nearest) < 2 * RADIUS ? nearest : undefined;
  }

  #drawLines(context: CanvasRenderingContext2D): void {
    const style = getComputedStyle(this.#canvas);
    // Those that matter most come last, on top.
    for (const [look, width] of [
      ["far", 0.6],
      ["country", 1],
      ["near", 1.6],
    ] as const) {
      context.strokeStyle = style.getPropertyValue(`--${look}`).trim();
      context.lineWidth = width;
      context.globalAlpha = look === "far" ? 0.6 : 0.75;
      context.beginPath();
      for (const line of this.#layout.lines) {
        if (line.look !== look) continue;
        context.moveTo(this.#x(line.source), this.#y(line.source));
        context.lineTo(this.#x(line.target), this.#y(line.target));
      }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawViewers(context: CanvasRenderingContext2D): void {
    const panel = getComputedStyle(this.#canvas).getPropertyValue("--panel").trim();
    for (const node of this.#layout.nodes) {
      const colour = networkColour(node.viewer.network);
      context.beginPath();
      context.arc(this.#x(node), this.#y(node), RADIUS, 0, 2 * Math.PI);
      context.fillStyle = node.viewer.mayUpload ? colour : panel;
      context.strokeStyle = node.viewer.mayUpload ? panel : colour;
      context.lineWidth = node.viewer.mayUpload ? 1.5 : 2.5;
      context.fill();
      context.stroke();
    }
  }

  #x(node: PlacedViewer): number {
    return (node.x ?? 0) * this.#view.scale + this.#view.x;
  }

  #y(node: PlacedViewer): number {
    return (node.y ?? 0) * this.#view.scale + this.#view.y;
  }

  /** So that all of it is seen, in the middle. */
  #fit(width: number, height: number) {
    const xs = this.#layout.nodes.map(({ x }) => x ?? 0);
    const ys = this.#layout.nodes.map(({ y }) => y ?? 0);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = (size: number, from: number, to: number) => (size - 2 * MARGIN) / Math.max(to - from, 1);
    const scale = Math.min(LARGEST_SCALE, room(width, left, right), room(height, top, bottom));
    return {
      scale,
      x: width / 2 - ((left + right) / 2) * scale,
      y: height / 2 - ((top + bottom) / 2) * scale,
    };
  }
}
