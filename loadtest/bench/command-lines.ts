import { execFileSync } from "node:child_process";
import { BenchError } from "./bench-error.js";

/**
 * Runs a program and waits for it.
 *
 * @param line program and arguments, separated by spaces.
 * @throws {BenchError} with what the program said.
 */
export function run(line: string): string {
  const [program = "", ...args] = line.split(" ");
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? "").trim();
    throw new BenchError(`\`${line}\` failed: ${said || (cause as Error).message}`, { cause });
  }
}
