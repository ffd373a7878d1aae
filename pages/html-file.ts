import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { builtFolder } from "./built-folder.js";

/**
 * One HTML file with everything in it: what it shows, how it looks and what draws it. Opens without a server or a
 * network.
 *
 * @param page folder and files of `dist/pages/`, see scripts/bundle.mjs.
 * @param data as JSON in the element `#data`.
 */
export function htmlFile({ page, title, data }: { page: string; title: string; data: unknown }): string {
  const built = (extension: string) =>
    readFileSync(resolve(builtFolder(), "pages", page, `${page}.${extension}`), "utf8");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${built("css")}</style>
<main></main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script type="module">${built("js")
    .replaceAll("</script", "<\\/script")
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, "")}</script>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
