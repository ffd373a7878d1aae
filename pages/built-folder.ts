import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** `dist/`, from the sources as well as from the build. */
export function builtFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(folder)) folder = dirname(folder);
  return resolve(folder, "dist");
}

function isPackageRoot(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8")).name === "nearcast";
  } catch {
    return false;
  }
}
