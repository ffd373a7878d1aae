import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import type { Took } from "./one-run.js";

/** Memory in pieces of 2 MiB where Linux and glibc have them: reads all over it take less time to find their places. */
const LARGE_PAGES = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

/** `npm run bench -- simulate`: what the simulator takes, by the size of the audience. */
export async function simulateBench(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-bench simulate")
      .usage("[flags]   (npm run bench -- simulate [flags])")
      .description(
        "Simulates loadtest/scenarios/live-10k.json with audiences of several sizes on one core each.",
      )
      .option("--viewers <numbers>", "sizes, separated by commas", sizes, [1_000, 3_000, 10_000])
      .option("--seconds <number>", "simulated time", wholeNumber(60, 86_400), 1_800),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const { viewers, seconds } = parsed.command.opts<{ viewers: number[]; seconds: number }>();
  const table = new Table({
    head: ["viewers", "CPU s", "wall s", "peak MiB", "µs per segment and viewer", "offload"],
    colAligns: Array<"right">(6).fill("right"),
    style: { head: [], border: [], compact: true },
  });
  const program = fileURLToPath(new URL("./one-run.js", import.meta.url));
  for (const size of viewers) {
    const startedAtMs = performance.now();
    const said = execFileSync(process.execPath, [program, String(size), String(seconds)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...LARGE_PAGES, ...process.env },
    });
    const wallS = (performance.now() - startedAtMs) / 1000;
    const took = JSON.parse(said) as Took;
    table.push([
      took.viewers,
      took.cpuS.toFixed(1),
      wallS.toFixed(1),
      took.peakMiB.toFixed(0),
      ((took.cpuS * 1e6) / took.playedSegments).toFixed(1),
      `${(took.offload * 100).toFixed(1)} %`,
    ]);
  }
  console.log(table.toString());
}

function sizes(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 1_000_000))
    return numbers;
  throw new InvalidArgumentError("Expected whole numbers from 1 to 1000000, separated by commas.");
}
