import uPlot from "uplot";
import { timeText, timeTicks } from "./time-ticks.js";

const HEIGHT = 240;
/** For axes of things that come in whole. */
const WHOLE = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 9 }, (_, zeros) => step * 10 ** zeros))
  .sort((a, b) => a - b);

/** One line of a chart. */
export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly isFilled?: boolean;
  readonly isPoints?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly unit: string;
  /** `x` is a time, in seconds since 1970, and is shown in UTC. */
  readonly isOverTime?: boolean;
  /** Counts of what comes in whole. */
  readonly isWhole?: boolean;
  readonly lines: readonly Line[];
  /** Top of the vertical axis, where it is fixed. */
  readonly max?: number;
}

/** Adds a figure with a chart, which follows its width. What is under the pointer stands in the legend. */
export function addChart(into: HTMLElement, chart: Chart): void {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = chart.unit ? `${chart.title} (${chart.unit})` : chart.title;
  const place = document.createElement("div");
  figure.append(caption, place);
  // Alone, a line needs no name: it is in the caption.
  figure.classList.toggle("lone", chart.lines.length === 1);
  into.append(figure);
  const style = getComputedStyle(figure);
  const text = style.getPropertyValue("--text").trim();
  const rule = style.getPropertyValue("--line").trim();
  const axis = {
    stroke: text,
    font: `12px ${style.fontFamily}`,
    labelFont: `12px ${style.fontFamily}`,
    grid: { stroke: rule, width: 1 },
    ticks: { stroke: rule, width: 1 },
  };
  const { isOverTime = false, isWhole = false } = chart;
  const plot = new uPlot(
    {
      width: widthOf(place),
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { time: isOverTime },
        y: { range: (_plot, min, max) => [Math.min(0, min ?? 0), chart.max ?? niceTop(max)] },
      },
      axes: [
        {
          ...axis,
          label: chart.xLabel,
          labelSize: 20,
          size: 34,
          ...(isOverTime && { values: (_plot, ticks) => timeTicks(ticks) }),
        },
        { ...axis, size: 52, values: (_plot, ticks) => ticks.map(compact), ...(isWhole && { incrs: WHOLE }) },
      ],
      series: [
        {
          label: chart.xLabel,
          value: (_plot, x) => (x === null ? "" : isOverTime ? timeText(x) : compact(x)),
        },
        ...chart.lines.map((line) => seriesOf(line, chart.unit)),
      ],
      hooks: {
        setCursor: [({ cursor }) => figure.classList.toggle("pointed", (cursor.left ?? -1) >= 0)],
      },
    },
    uPlot.join(chart.lines.map(({ x, y }) => [[...x], [...y]])),
    place,
  );
  new ResizeObserver(() => plot.setSize({ width: widthOf(place), height: HEIGHT })).observe(place);
}

function seriesOf({ label, colour, isFilled, isPoints }: Line, unit: string): uPlot.Series {
  return {
    label,
    stroke: colour,
    width: isPoints ? 0 : 1.5,
    ...(isFilled && { fill: `${colour}cc` }),
    points: isPoints ? { show: true, size: 4, fill: colour } : { show: false },
    value: (_plot, value) => (value === null ? "–" : `${compact(value)} ${unit}`.trim()),
  };
}

function widthOf(place: HTMLElement): number {
  return Math.max(200, place.clientWidth);
}

function niceTop(max: number | null): number {
  return max && max > 0 ? max * 1.05 : 1;
}

const PLAIN = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function compact(value: number): string {
  return (Math.abs(value) < 10_000 ? PLAIN : COMPACT).format(value);
}
