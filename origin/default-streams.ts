import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FolderConfig } from "./streams/folder.js";
import type { LoopConfig } from "./streams/loop.js";

/** The embedded sample programme, on demand as `sample` and round and round as `live`. */
export function defaultStreams(): Record<string, FolderConfig | LoopConfig> {
  const folder = join(packageRoot(), "origin", "sample", "hls");
  return { sample: { kind: "folder", folder }, live: { kind: "loop", folder } };
}

/** The sample is not copied to dist/, so it is found from the package's root, from sources and compiled files alike. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error("The package's root was not found: there is no package.json above this file.");
    folder = parent;
  }
  return folder;
}
