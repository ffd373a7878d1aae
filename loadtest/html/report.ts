import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { builtFolder } from "../../demo/built-folder.js";
import type { ReportedRun } from "./reported-run.js";

/** One HTML file with everything in it: results, plots and what draws them. Opens without a server or a network. */
export function renderReport(runs: readonly ReportedRun[]): string {
  const built = (file: string) => readFileSync(resolve(builtFolder(), "pages/report", file), "utf8");
  const title = runs.map(({ name }) => name).join(" · ");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${built("report.css")}</style>
<main></main>
<script type="application/json" id="runs">${JSON.stringify(runs).replaceAll("<", "\\u003c")}</script>
<script type="module">${built("report.js")
    .replaceAll("</script", "<\\/script")
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, "")}</script>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
