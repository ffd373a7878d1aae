import { execFileSync } from "node:child_process";
import { BenchError } from "./bench-error.js";

/**
 * Runs a program and waits for it.
 *
 * @param line program and arguments, separated by spaces.
 * @throws {BenchError} with what the program said.
 */
export function run(line: string): string {
  return runWords(line.split(" "));
}

/**
 * Runs a program whose arguments may have spaces.
 *
 * @param words program and arguments.
 * @throws {BenchError} with what the program said.
 */
export function runWords(words: readonly string[]): string {
  const [program = "", ...args] = words;
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? "").trim();
    throw new BenchError(`\`${words.join(" ")}\` failed: ${said || (cause as Error).message}`, { cause });
  }
}
