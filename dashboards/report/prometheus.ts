import * as v from "valibot";
import { type Grid, pointMs } from "./grid.js";

/** Prometheus cannot be asked, or does not answer as it should; `message` is one sentence. */
export class PrometheusError extends Error {
  override readonly name = "PrometheusError";
}

/** One series at the points of a grid; `NaN` where it has no value. */
export interface GridSeries {
  readonly labels: Labels;
  readonly values: Float64Array;
}

/** One series as it was scraped, in order. */
export interface RawSeries {
  readonly labels: Labels;
  readonly values: readonly number[];
}

export type Labels = Readonly<Record<string, string>>;

export interface PrometheusOptions {
  /** With a path where it is served below one; a name and password become Basic authentication. */
  readonly url: URL;
  /** Shown as Bearer. */
  readonly token?: string;
}

/** Prometheus refuses more than 11,000 points of a series; fewer keep answers small. */
const POINTS_AT_ONCE = 500;
const TIMEOUT_MS = 120_000;

const sample = v.tuple([v.number(), v.string()]);
const matrix = v.object({
  status: v.literal("success"),
  data: v.object({
    resultType: v.literal("matrix"),
    result: v.array(v.object({ metric: v.record(v.string(), v.string()), values: v.array(sample) })),
  }),
});
const refusal = v.object({ status: v.literal("error"), error: v.string() });

/** Prometheus' HTTP API, as far as reports need it. */
export class Prometheus {
  /** Without a name and password. */
  readonly address: string;
  readonly #headers: Record<string, string> = {};

  constructor({ url, token }: PrometheusOptions) {
    const address = new URL(url);
    if (url.username !== "" || url.password !== "") {
      const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      this.#headers.authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
      address.username = "";
      address.password = "";
    }
    if (token !== undefined) this.#headers.authorization = `Bearer ${token}`;
    this.address = address.href.replace(/\/+$/, "");
  }

  /** @throws {PrometheusError} */
  async onGrid(expr: string, grid: Grid): Promise<GridSeries[]> {
    const found = new Map<string, GridSeries>();
    for (let first = 0; first <= grid.steps; first += POINTS_AT_ONCE) {
      const last = Math.min(grid.steps, first + POINTS_AT_ONCE - 1);
      const result = await this.#ask("query_range", {
        query: expr,
        start: seconds(pointMs(grid, first)),
        end: seconds(pointMs(grid, last)),
        step: seconds(grid.stepMs),
      });
      for (const { metric, values } of result) {
        const series = seriesOf(found, metric, grid);
        for (const [atS, text] of values) {
          const value = Number(text);
          const point = Math.round((atS * 1000 - grid.fromMs) / grid.stepMs);
          if (Number.isFinite(value)) series.values[point] = value;
        }
      }
    }
    return [...found.values()];
  }

  /** @throws {PrometheusError} */
  async raw(selector: string, grid: Grid, interval: number): Promise<RawSeries[]> {
    const result = await this.#ask("query", {
      query: `${selector}[${Math.max(1, Math.round(grid.stepMs))}ms]`,
      time: seconds(pointMs(grid, interval)),
    });
    return result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([, text]) => Number(text)).filter(Number.isFinite),
    }));
  }

  async #ask(path: string, parameters: Record<string, string>) {
    const response = await fetch(`${this.address}/api/v1/${path}`, {
      method: "POST",
      headers: this.#headers,
      body: new URLSearchParams(parameters),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: Error) => {
      throw new PrometheusError(`${this.address}: cannot be reached: ${reasonOf(cause)}`, { cause });
    });
    const body = await response.text().catch((cause: Error) => {
      throw new PrometheusError(`${this.address}: the answer broke off: ${reasonOf(cause)}`, { cause });
    });
    const json = parseJson(body);
    const refused = v.safeParse(refusal, json);
    if (refused.success)
      throw new PrometheusError(`${this.address}: Prometheus refused: ${refused.output.error}`);
    const parsed = v.safeParse(matrix, json);
    if (!response.ok || !parsed.success)
      throw new PrometheusError(
        `${this.address}: expected Prometheus' HTTP API, got ${response.status} with ${JSON.stringify(body.slice(0, 60))}`,
      );
    return parsed.output.data.result;
  }
}

function seriesOf(found: Map<string, GridSeries>, labels: Labels, grid: Grid): GridSeries {
  const key = keyOf(labels);
  const known = found.get(key);
  if (known !== undefined) return known;
  const series = { labels, values: new Float64Array(grid.steps + 1).fill(Number.NaN) };
  found.set(key, series);
  return series;
}

/** The same text for the same labels, in whatever order they come. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As Prometheus reads times and durations: seconds, exact to the millisecond. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: Error): string {
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
