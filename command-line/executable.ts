import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of an executable on PATH, if there is one. */
export function findExecutable(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
