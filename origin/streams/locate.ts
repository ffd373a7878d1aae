import { realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { FileVersion } from "../memory/file-version.js";

/**
 * A regular file below `root`, symbolic links followed; `undefined` when there is none, or when a link leads out of
 * `root` or to something hidden.
 *
 * @param root without symbolic links itself.
 */
export async function locate(root: string, path: string): Promise<FileVersion | undefined> {
  try {
    const file = await realpath(join(root, path));
    const inside = relative(root, file);
    if (inside === "" || inside.split(sep).some((part) => part.startsWith("."))) return undefined;
    const stats = await stat(file);
    return stats.isFile() ? { file, bytes: stats.size, modifiedMs: stats.mtimeMs } : undefined;
  } catch {
    // Missing, unreadable, a name too long or a loop of links: for a client there is no file.
    return undefined;
  }
}
