import { lstatSync, renameSync, writeFileSync } from "node:fs";
import { FlagError } from "./flags.js";

/** Leaves what an earlier run has written as it is. A file that cannot be written is better known before a run. */
export function requireWritable(flag: string, file: string | undefined): void {
  if (file !== undefined) telling(flag, file, () => writeFileSync(file, "", { flag: "a" }));
}

/**
 * Whoever looks meanwhile, or after the process was killed, finds the text of before or this one, whole.
 *
 * @throws {FlagError} that names the flag and the file.
 */
export function writeOutput(flag: string, file: string, text: string): void {
  telling(flag, file, () => {
    if (!replace(file, text)) writeFileSync(file, text);
  });
}

/** Links, pipes and terminals are written to, not replaced, and so are files in folders that take no others. */
function replace(file: string, text: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) return false;
  const part = `${file}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
    return true;
  } catch {
    return false;
  }
}

function telling(flag: string, file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new FlagError(`${flag}: cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
