import uPlot from "uplot";

const HEIGHT = 230;

export interface Curve {
  readonly label: string;
  /** Name of a custom property of the page's style. */
  readonly colour: string;
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
}

/** A chart over time that is drawn anew as its numbers come in, and in the colours that the page has. */
export class LiveChart {
  readonly #parent: HTMLElement;
  readonly #curves: readonly Curve[];
  readonly #format: (value: number) => string;
  #plot: uPlot | undefined;
  #data: uPlot.AlignedData = [[]];

  /** @param options.leastTop of the axis; it grows with the values. */
  constructor(
    parent: HTMLElement,
    options: {
      readonly curves: readonly Curve[];
      readonly format: (value: number) => string;
      readonly leastTop: number;
    },
  ) {
    this.#parent = parent;
    this.#curves = options.curves;
    this.#format = options.format;
    const draw = () => this.#draw(options.leastTop);
    draw();
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#width, height: HEIGHT })).observe(parent);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  }

  show(atS: readonly number[], values: readonly (readonly (number | null)[])[]): void {
    this.#data = [[...atS], ...values.map((column) => [...column])];
    this.#plot?.setData(this.#data);
    this.#showLatest();
  }

  get #width(): number {
    return Math.max(200, this.#parent.clientWidth);
  }

  #draw(leastTop: number): void {
    const style = getComputedStyle(this.#parent);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const grid = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: colour("--quiet"), grid, ticks: grid, font: `12px ${style.fontFamily}` };
    this.#plot?.destroy();
    this.#plot = new uPlot(
      {
        width: this.#width,
        height: HEIGHT,
        cursor: { sync: { key: "live" }, drag: { x: false, y: false } },
        scales: {
          x: { time: true },
          y: { range: (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(max ?? 0, leastTop)] },
        },
        axes: [
          { ...axis, space: 76, values: (_plot, ticks) => ticks.map((atS) => clockTime(atS, ticks)) },
          { ...axis, size: 88, values: (_plot, ticks) => ticks.map(this.#format) },
        ],
        series: [
          { value: (_plot, atS) => (atS === null ? "–" : new Date(atS * 1000).toLocaleTimeString()) },
          ...this.#curves.map(({ label, colour: name, isFilled, isDashed }) => ({
            label,
            stroke: colour(name),
            width: 2,
            ...(isFilled && { fill: `${colour(name)}55` }),
            ...(isDashed && { dash: [6, 4] }),
            points: { show: false },
            value: (_plot: uPlot, value: number | null) => (value === null ? "–" : this.#format(value)),
          })),
        ],
        hooks: { setCursor: [() => this.#showLatest()] },
      },
      this.#data,
      this.#parent,
    );
    this.#showLatest();
  }

  /** The legend says what is under the pointer, and otherwise what holds now. */
  #showLatest(): void {
    const plot = this.#plot;
    if (plot === undefined || (plot.cursor.left ?? -1) >= 0) return;
    const last = this.#data[0].length - 1;
    if (last >= 0) plot.setLegend({ idx: last }, false);
  }
}

/** With seconds where the ticks are less than a minute apart. */
function clockTime(atS: number, [first = 0, second = 60]: readonly number[]): string {
  const text = new Date(atS * 1000).toTimeString();
  return text.slice(0, second - first < 60 ? 8 : 5);
}
