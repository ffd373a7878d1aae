import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { FlagError } from "../../../command-line/flags.js";
import { builtFolder } from "../../../demo/stack.js";
import { BenchError } from "../bench-error.js";
import type { Machine } from "../machine.js";
import type { PlannedRun } from "./plan.js";
import type { OffloadRun, RunSize } from "./run.js";

/** What `--json` writes, and `--continue` goes on from. */
export interface Results {
  /** All calls that took part, the oldest first. */
  readonly commands: readonly string[];
  readonly machine: Machine;
  readonly runs: readonly MeasuredRun[];
}

export interface MeasuredRun extends OffloadRun {
  /** Which build of the players was measured; see {@link pageDigest}. */
  readonly page: string;
}

/** Only what decides whether a run may stand beside others; the rest is as this program has written it. */
const Written = v.object({
  commands: v.array(v.string()),
  runs: v.array(
    v.looseObject({
      page: v.string(),
      scenario: v.string(),
      engine: v.string(),
      round: v.number(),
      viewers: v.number(),
      seconds: v.number(),
      isPartial: v.boolean(),
      figures: v.looseObject({ offload: v.number() }),
    }),
  ),
});

const PLAYER_FILES = ["browser/nearcast.js", "pages/viewer/viewer.js"];

/** What all engines' viewers run is in these files: runs of different builds are not of one comparison. */
export function pageDigest(): string {
  const hash = createHash("sha256");
  for (const name of PLAYER_FILES) {
    const file = join(builtFolder(), name);
    try {
      hash.update(readFileSync(file));
    } catch (cause) {
      throw new BenchError(`cannot read ${file}: run \`npm run build\` first`, { cause });
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * The complete runs of earlier calls; none where the file does not exist or is empty.
 *
 * @throws {FlagError} where they cannot stand beside those of this call.
 */
export function readEarlier(
  file: string,
  expected: RunSize & { readonly page: string },
): Pick<Results, "commands" | "runs"> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (text === "") return { commands: [], runs: [] };
  const written = v.safeParse(Written, parseJson(file, text));
  if (!written.success) throw new FlagError(`--continue: ${file} was not written by --json of this command`);
  const { commands, runs } = written.output;
  for (const { page, viewers, seconds } of runs) {
    if (page !== expected.page) {
      throw new FlagError(
        `--continue: ${file} has runs of another build of the players (${page}, now ${expected.page})`,
      );
    }
    if (viewers === expected.viewers && seconds === expected.seconds) continue;
    throw new FlagError(
      `--continue: ${file} has runs of ${viewers} viewers and ${seconds} s, expected ${expected.viewers} and ${expected.seconds}`,
    );
  }
  return { commands, runs: runs.filter(({ isPartial }) => !isPartial) as unknown as MeasuredRun[] };
}

export function isSameRun(a: PlannedRun, b: PlannedRun): boolean {
  return a.scenario === b.scenario && a.engine === b.engine && a.round === b.round;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FlagError(`--continue: ${file} is not valid JSON`, { cause });
  }
}
