// The script of a savings report: draws what stands in the page.
import { addChart } from "../../../pages/chart.js";
import { element } from "../../../pages/element.js";
import { textTable } from "../../../pages/text-table.js";
import { TileList } from "../../../pages/tile-list.js";
import { date, length } from "../formats.js";
import type { SavingsReport } from "../report.js";
import { figureRows, QUALITY_HEAD, qualityRow, STREAM_HEAD, streamRow } from "../rows.js";
import { chartsOf } from "./charts.js";
import { tilesOf } from "./tiles.js";

const report = JSON.parse(document.querySelector("#data")?.textContent ?? "") as SavingsReport;
const main = document.querySelector("main") as HTMLElement;
const { comparison, notes, streams, price } = report;

main.append(
  element("h1", "What peers have saved"),
  element(
    "p",
    `${date(report.fromMs)} to ${date(report.toMs)}, from ${report.prometheus}. Figures are of ${length(report.coveredMs)} in which both servers were scraped. Peaks are over ${Math.round(report.stepMs / 1000)} s. Sums are of the streams that both players and origin have told of.`,
  ),
);
if (notes.length > 0) {
  const list = element("ul");
  list.className = "notes";
  list.append(...notes.map((note) => element("li", note)));
  main.append(list);
}
const tiles = element("dl");
tiles.className = "tiles";
new TileList(tiles).show(tilesOf(report));
main.append(tiles, textTable([], figureRows(report)));

const plots = element("div");
plots.className = "plots";
main.append(plots);
for (const chart of chartsOf(report.timeline)) addChart(plots, chart);

main.append(
  element("h2", "Streams"),
  textTable(
    STREAM_HEAD,
    streams.map((stream) => streamRow(stream, price.currency)),
  ),
  element("h2", "Quality of experience: P2P beside the holdout group"),
);
if (comparison.differences.length > 0)
  main.append(textTable(QUALITY_HEAD, comparison.differences.map(qualityRow)));
const method = element("p", report.method);
method.className = "quiet";
main.append(method);
