import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { ReduceDataOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana replaces it.
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
/** Grafana's grid has 24 columns. */
const THIRD = 8;
const HALF = 12;
const PANEL_HEIGHT = 8;
const STAT_HEIGHT = 4;

/** What each expression of a panel is called in its legend; `{{label}}` stands for a label's value. */
export type Expressions = Readonly<Record<string, string>>;

interface PanelOptions {
  /** Grafana's id of a unit, e.g. `percentunit`, `bps` or `s`. */
  readonly unit: string;
  readonly description?: string;
}

/** Curves over time, two beside each other. */
export function curves(title: string, { unit, description = "" }: PanelOptions, expressions: Expressions) {
  return new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(PANEL_HEIGHT)
    .span(HALF)
    .targets(targets(expressions));
}

/** Figures of this moment, three beside each other. */
export function figure(title: string, { unit, description = "" }: PanelOptions, expressions: Expressions) {
  return (
    new StatBuilder()
      .title(title)
      .description(description)
      .datasource(DATASOURCE)
      .unit(unit)
      .height(STAT_HEIGHT)
      .span(THIRD)
      // By itself Grafana takes the last value, also where there is none.
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
      .targets(targets(expressions))
  );
}

/** An empty dashboard; `$datasource` chooses among several Prometheus. */
export function dashboard(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(`nearcast-${uid}`)
    .description(description)
    .tags(["nearcast"])
    .timezone("browser")
    .refresh("30s")
    .time({ from: "now-3h", to: "now" })
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"));
}

/** `$stream`: one, several or all values of the label that a metric has. */
export function streamVariable(metric: string): QueryVariableBuilder {
  return new QueryVariableBuilder("stream")
    .label("Stream")
    .datasource(DATASOURCE)
    .query(`label_values(${metric}, stream)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue(".*");
}

/** `$price`: what a gigabyte (10^9 bytes) of the CDN costs. */
export function priceVariable(): TextBoxVariableBuilder {
  return new TextBoxVariableBuilder("price").label("Price per GB").defaultValue("0.02");
}

function targets(expressions: Expressions): Builder<Dataquery>[] {
  return Object.entries(expressions).map(([legend, expr], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .datasource(DATASOURCE)
      .expr(expr)
      .legendFormat(legend)
      .range(),
  );
}
