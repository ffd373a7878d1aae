/** One line of Prometheus' text format. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/**
 * The samples of one metric in a page of metrics (https://prometheus.io/docs/instrumenting/exposition_formats/). Lines
 * that are not understood are passed over.
 */
export function metricSamples(page: string, name: string): MetricSample[] {
  return page.split("\n").flatMap((line) => {
    const rest = line.startsWith(name) ? line.slice(name.length) : undefined;
    const [, labels, number = ""] = /^(?:\{(.*)\})?[ \t]+(\S+)/s.exec(rest ?? "") ?? [];
    const value = Number(number);
    if (rest === undefined || number === "" || !Number.isFinite(value)) return [];
    const pairs = Array.from((labels ?? "").matchAll(LABEL), ([, label = "", quoted = ""]) => {
      return [label, quoted.replace(/\\[n"\\]/g, (text) => ESCAPES[text] ?? text)] as const;
    });
    return [{ labels: Object.fromEntries(pairs), value }];
  });
}
