import { writeFileSync } from "node:fs";
import { FlagError } from "./flags.js";

/** Leaves what an earlier run has written as it is. A file that cannot be written is better known before a run. */
export function requireWritable(flag: string, file: string | undefined): void {
  if (file !== undefined) write(flag, file, "", "a");
}

/** @throws {FlagError} that names the flag and the file. */
export function writeOutput(flag: string, file: string, text: string): void {
  write(flag, file, text, "w");
}

function write(flag: string, file: string, text: string, mode: "w" | "a"): void {
  try {
    writeFileSync(file, text, { flag: mode });
  } catch (cause) {
    throw new FlagError(`${flag}: cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
