import { areaPath } from "./area-path.js";
import { axisTicks } from "./axis.js";
import type { ByteRate } from "./byte-history.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { top: 10, right: 8, bottom: 22, left: 44 };
const SMALLEST_SCALE_BYTES_PER_S = 20_000;

/** Stacked areas: what comes from the origin below, so that it is read off the baseline, and from peers above. */
export class SourceChart {
  readonly #spanMs: number;
  readonly #svg = create("svg", { role: "img" });
  readonly #axes = create("g", {});
  readonly #fromOrigin = create("path", { class: "from-origin" });
  readonly #hatching = create("path", { fill: "url(#origin-hatch)" });
  readonly #fromPeers = create("path", { class: "from-peers" });
  #rates: readonly ByteRate[] = [];

  /** @param spanMs how far the time axis goes back. */
  constructor(parent: HTMLElement, { spanMs }: { spanMs: number }) {
    this.#spanMs = spanMs;
    this.#svg.append(createHatch(), this.#axes, this.#fromOrigin, this.#hatching, this.#fromPeers);
    parent.replaceChildren(this.#svg);
    new ResizeObserver(() => this.#draw()).observe(parent);
  }

  /** @param label says in words what the picture shows. */
  show(rates: readonly ByteRate[], label: string): void {
    this.#rates = rates;
    this.#svg.setAttribute("aria-label", label);
    this.#draw();
  }

  #draw(): void {
    const { clientWidth, clientHeight } = this.#svg;
    const width = Math.max(clientWidth - MARGIN.left - MARGIN.right, 0);
    const height = Math.max(clientHeight - MARGIN.top - MARGIN.bottom, 0);
    const rates = this.#rates;
    const highest = Math.max(0, ...rates.map(({ fromPeers, fromOrigin }) => fromPeers + fromOrigin));
    const ticks = axisTicks(highest, SMALLEST_SCALE_BYTES_PER_S);
    const scale = height / (ticks.at(-1) ?? 1);
    const endMs = rates.at(-1)?.atMs ?? 0;
    const x = (ageMs: number) => MARGIN.left + width * (1 - ageMs / this.#spanMs);
    const y = (bytesPerS: number) => MARGIN.top + height - bytesPerS * scale;

    const points = rates.map(({ atMs, fromOrigin, fromPeers }) => {
      return { x: x(endMs - atMs), origin: y(fromOrigin), all: y(fromOrigin + fromPeers) };
    });
    const originPath = areaPath(points.map(({ x, origin }) => ({ x, top: origin, bottom: y(0) })));
    this.#fromOrigin.setAttribute("d", originPath);
    this.#hatching.setAttribute("d", originPath);
    this.#fromPeers.setAttribute(
      "d",
      areaPath(points.map(({ x, origin, all }) => ({ x, top: all, bottom: origin }))),
    );
    this.#axes.replaceChildren(
      ...ticks.flatMap((bytesPerS) => [
        create("line", { class: "grid", x1: x(this.#spanMs), x2: x(0), y1: y(bytesPerS), y2: y(bytesPerS) }),
        createText(`${bytesPerS / 1000}`, { x: MARGIN.left - 8, y: y(bytesPerS) + 4, "text-anchor": "end" }),
      ]),
      ...this.#timeLabels().map(({ text, ageMs, anchor }) =>
        createText(text, { x: x(ageMs), y: MARGIN.top + height + 17, "text-anchor": anchor }),
      ),
    );
  }

  #timeLabels() {
    const half = this.#spanMs / 2;
    return [
      { text: minutesAgo(this.#spanMs), ageMs: this.#spanMs, anchor: "start" },
      { text: minutesAgo(half), ageMs: half, anchor: "middle" },
      { text: "now", ageMs: 0, anchor: "end" },
    ];
  }
}

function minutesAgo(ageMs: number): string {
  return `${ageMs / 60_000} min ago`;
}

function createHatch(): SVGElement {
  const pattern = create("pattern", {
    id: "origin-hatch",
    width: 6,
    height: 6,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  pattern.append(create("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 6 }));
  return pattern;
}

function createText(text: string, attributes: Record<string, string | number>): SVGElement {
  const element = create("text", attributes);
  element.textContent = text;
  return element;
}

function create<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, `${value}`);
  return element;
}
