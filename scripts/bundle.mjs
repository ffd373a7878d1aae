#!/usr/bin/env node
// Bundles the player for browsers into dist/browser/ and the pages into dist/pages/, prints the
// sizes, and fails when a file is larger than `browserBundleBudget` in package.json allows.
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const { browserBundleBudget } = JSON.parse(readFileSync("package.json", "utf8"));

/** @type {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  minify: true,
  sourcemap: true,
  legalComments: "none",
  target: ["chrome109", "firefox115", "safari16"],
  // bittorrent-tracker's client and its streams ask for Node's `process`; the browser branch is enough.
  define: {
    "process.browser": "true",
    "process.env.NODE_ENV": '"production"',
    // Read when the modules are loaded, which servers that render pages do, too.
    self: "globalThis",
    WebSocket: "globalThis.WebSocket",
  },
  logLevel: "warning",
};

/** @type {import("esbuild").Plugin} */
const gatedTrackerClient = {
  name: "gated-tracker-client",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^bittorrent-tracker$/ }, () => ({ path: resolve("player/pml/tracker-client.ts") }));
  },
};

await Promise.all([
  build({
    ...shared,
    plugins: [gatedTrackerClient],
    entryPoints: { nearcast: "player/script.ts" },
    format: "iife",
    globalName: "Nearcast",
    // The UMD build carries its worker inside; the ES module build has none unless it is given a file.
    alias: { "hls.js": "hls.js/dist/hls.min.js" },
    outdir: "dist/browser",
  }),
  build({
    ...shared,
    plugins: [gatedTrackerClient],
    entryPoints: { nearcast: "player/index.ts", element: "player/element.ts" },
    format: "esm",
    external: ["hls.js"],
    outdir: "dist/browser",
    outExtension: { ".js": ".mjs" },
  }),
]);

/** Pages of the demo, of load tests, of the tracker and of reports: dist/pages/<name>/ with a script each, some with a worker and a style sheet. */
const pages = {
  demo: "demo/page",
  viewer: "loadtest/browsers/page",
  integrity: "loadtest/bench/integrity/page",
  report: "loadtest/html/page",
  plan: "loadtest/plan/page",
  live: "dashboards/live",
  savings: "dashboards/report/page",
};
for (const [name, folder] of Object.entries(pages)) {
  const entryPoints = [`${name}.ts`, `${name}-worker.ts`, `${name}.css`]
    .map((file) => `${folder}/${file}`)
    .filter((file) => existsSync(file));
  await build({
    ...shared,
    // The viewers' page has p2p-media-loader's own engine in it, which is to be as it is.
    plugins: name === "viewer" ? [] : [gatedTrackerClient],
    entryPoints,
    format: "esm",
    outdir: `dist/pages/${name}`,
  });
  for (const file of readdirSync(folder)) {
    if (file.endsWith(".html")) cpSync(`${folder}/${file}`, `dist/pages/${name}/${file}`);
  }
}

let isOver = false;
for (const [file, budget] of Object.entries(browserBundleBudget)) {
  const content = readFileSync(`dist/browser/${file}`);
  const raw = content.byteLength;
  const gzip = gzipSync(content, { level: 9 }).byteLength;
  console.log(
    `${file.padEnd(14)} ${kB(raw)} raw (of ${kB(budget.raw)})  ${kB(gzip)} gzip (of ${kB(budget.gzip)})`,
  );
  isOver ||= raw > budget.raw || gzip > budget.gzip;
}
if (isOver) {
  console.error("A browser bundle is over its budget (browserBundleBudget in package.json).");
  process.exit(1);
}

/** @param {number} bytes */
function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
