import { writeOutput } from "../../command-line/output-file.js";
import { sentenceOf } from "./sentence.js";

/** Writes what a run has come to by now. Where that cannot be done it is told, and the run goes on. */
export function writeSoFar(flag: string, file: string, text: string): void {
  try {
    writeOutput(flag, file, text);
  } catch (error) {
    console.error(`nearcast-loadtest: ${sentenceOf(error) ?? String(error)}`);
  }
}
