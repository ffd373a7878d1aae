import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { FlagError } from "../../../command-line/flags.js";

/**
 * Prints a section and puts it into a file, in the place of one with the same title.
 *
 * @throws {FlagError} where the file cannot be written.
 */
export function writeReport(section: string, file: string | undefined): void {
  console.log(section);
  if (file === undefined) return;
  try {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    writeFileSync(file, withSection(text, section));
  } catch (cause) {
    throw new FlagError(`--report: cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** A section goes from its title to the next one of its rank. */
export function withSection(text: string, section: string): string {
  const [title = ""] = section.split("\n", 1);
  const parts = text.trimEnd().split(/\n(?=## )/);
  const kept = parts.map((part) => (part.startsWith(`${title}\n`) ? section : part.trimEnd()));
  const all = kept.includes(section) ? kept : [...kept, section];
  return `${all.filter((part) => part !== "").join("\n\n")}\n`;
}
