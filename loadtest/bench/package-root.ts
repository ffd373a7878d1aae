import { dirname } from "node:path";
import { builtFolder } from "../../demo/stack.js";

/** The repository's folder, from the sources as well as from the build. */
export function packageRoot(): string {
  return dirname(builtFolder());
}

/** What benches make once and keep; git does not see it. */
export function cacheFolder(): string {
  return `${packageRoot()}/.cache/bench`;
}
