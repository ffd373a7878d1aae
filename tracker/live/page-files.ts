import { readFile } from "node:fs/promises";

/** What the page consists of, and how it is called in `dist/pages/live/`. */
export const PAGE_FILES = {
  "/": { file: "live.html", type: "text/html; charset=utf-8" },
  "/live.js": { file: "live.js", type: "text/javascript; charset=utf-8" },
  "/live.css": { file: "live.css", type: "text/css; charset=utf-8" },
} as const;

/** Where the build has put them, from the build's and from the sources' place. */
const FOLDERS = ["../../pages/live/", "../../dist/pages/live/"];

/** @returns nothing where the page was not built. */
export async function readPageFile(name: string): Promise<Buffer | undefined> {
  for (const folder of FOLDERS) {
    try {
      return await readFile(new URL(`${folder}${name}`, import.meta.url));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}
