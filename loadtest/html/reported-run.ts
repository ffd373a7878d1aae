import type { LoadResult } from "../result/result.js";

/** A result as a report shows it; several are overlaid. */
export interface ReportedRun {
  readonly name: string;
  /** The command that made it. */
  readonly command: string;
  readonly result: LoadResult;
}
