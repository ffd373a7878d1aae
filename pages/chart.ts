import uPlot from "uplot";

const HEIGHT = 240;

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
  readonly lines: readonly Line[];
  /** Top of the vertical axis, where it is fixed. */
  readonly max?: number;
}

/** Draws a chart, which follows the width of `into`. */
export function drawChart(into: HTMLElement, chart: Chart): void {
  const style = getComputedStyle(into);
  const text = style.getPropertyValue("--text").trim();
  const rule = style.getPropertyValue("--line").trim();
  const axis = { stroke: text, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } };
  const plot = new uPlot(
    {
      width: widthOf(into),
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { time: chart.isOverTime ?? false },
        y: { range: (_plot, min, max) => [Math.min(0, min ?? 0), chart.max ?? niceTop(max)] },
      },
      axes: [
        { ...axis, label: chart.xLabel, labelSize: 20, size: 34 },
        { ...axis, size: 52, values: (_plot, ticks) => ticks.map(compact) },
      ],
      series: [{ label: chart.xLabel }, ...chart.lines.map((line) => seriesOf(line, chart.unit))],
    },
    uPlot.join(chart.lines.map(({ x, y }) => [[...x], [...y]])),
    into,
  );
  new ResizeObserver(() => plot.setSize({ width: widthOf(into), height: HEIGHT })).observe(into);
}

function seriesOf({ label, colour, isFilled, isPoints }: Line, unit: string): uPlot.Series {
  return {
    label,
    stroke: colour,
    width: isPoints ? 0 : 1.5,
    spanGaps: true,
    ...(isFilled && { fill: `${colour}99` }),
    points: isPoints ? { show: true, size: 4, fill: colour } : { show: false },
    value: (_plot, value) => (value === null ? "–" : `${compact(value)} ${unit}`.trim()),
  };
}

function widthOf(into: HTMLElement): number {
  return Math.max(240, into.clientWidth);
}

function niceTop(max: number | null): number {
  return max && max > 0 ? max * 1.05 : 1;
}

const FORMAT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function compact(value: number): string {
  return FORMAT.format(value);
}
