#!/usr/bin/env node
// Writes dashboards/dist/ of the repository: `npm run dashboards`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./generated.js";

/** Of the repository; this file is run from `dist/dashboards/`. */
const target = fileURLToPath(new URL("../../dashboards/dist", import.meta.url));

rmSync(target, { recursive: true, force: true });
for (const [path, content] of generatedFiles()) {
  const file = join(target, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
console.log(`${generatedFiles().size} files written to ${target}`);
