import { writeFileSync } from "node:fs";
import { FlagError } from "../../../command-line/flags.js";
import { describeMachine } from "../machine.js";
import { readOriginFlags } from "./flags.js";
import { renderOriginReport } from "./report.js";
import { runOriginBench } from "./run.js";

/** `npm run bench -- origin`: the origin and nginx side by side. */
export async function originCommand(argv: readonly string[]): Promise<void> {
  const read = readOriginFlags(argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { flags } = read;
  const command = ["npm run bench -- origin", ...argv].join(" ");
  const results = await runOriginBench(flags, ({ server, requestsPerSecond, gigabytesPerSecond }) => {
    console.log(
      `${server.padEnd(8)}  ${requestsPerSecond.toFixed(0)} requests/s  ${gigabytesPerSecond.toFixed(2)} GB/s`,
    );
  });
  const report = renderOriginReport(results, { command, machine: describeMachine("") });
  console.log(`\n${report}`);
  if (flags.report === undefined) return;
  try {
    writeFileSync(flags.report, report);
  } catch (cause) {
    throw new FlagError(`--report: cannot write ${flags.report}: ${(cause as Error).message}`, { cause });
  }
}
