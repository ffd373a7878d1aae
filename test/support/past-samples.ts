export interface PastSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its value `atS` seconds after the start; `undefined` where it was not there. */
  readonly at: (atS: number) => number | undefined;
}

/** Series as text in OpenMetrics' format, for `promtool tsdb create-blocks-from`. */
export function pastSamples(
  series: readonly PastSeries[],
  { fromS, lengthS, everyS }: { fromS: number; lengthS: number; everyS: number },
): string {
  const lines: string[] = [];
  for (const metric of new Set(series.map((one) => one.metric))) {
    lines.push(`# TYPE ${metric} unknown`);
    for (const { labels, at } of series.filter((one) => one.metric === metric)) {
      const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      for (let atS = 0; atS <= lengthS; atS += everyS) {
        const value = at(atS);
        if (value !== undefined) lines.push(`${metric}{${pairs.join(",")}} ${value} ${fromS + atS}`);
      }
    }
  }
  return `${lines.join("\n")}\n# EOF\n`;
}
