/** `sum by (labels) (rate(metric{selector}[window]))`. */
export function rateBy(by: string, metric: string, selector: string, window: string): string {
  return `sum by (${by}) (rate(${select(metric, selector)}[${window}]))`;
}

/** A quantile of a histogram, by further labels. */
export function quantileBy(by: string, quantile: number, metric: string, selector: string, window: string) {
  return `histogram_quantile(${quantile}, ${rateBy(`${by}, le`, `${metric}_bucket`, selector, window)})`;
}

export function select(metric: string, selector: string): string {
  return selector === "" ? metric : `${metric}{${selector}}`;
}
